"""Letters in Spanish, with hours as the United Nations write them (10.00 horas)."""

from __future__ import annotations

from collections.abc import Mapping

from domain.reminders.letters.wordings.wording import Clock, Occasion, Template, Wording


def _due(
    what: str, *, ahead: str, past: str, moved: str, escalation: str, over: str
) -> Mapping[Occasion, Template]:
    """Of what is due on a date; Spanish sentences agree with their noun, so each is given."""
    return {
        "ahead": Template("Vence el {day}: {title}", f"{what} {ahead}"),
        "past": Template("Venció el {day}: {title}", f"{what} {past}"),
        "moved": Template("Nuevo plazo, {day}: {title}", moved),
        "cancelled": Template("Sin plazo en adelante: {title}", over),
        "escalation": Template("Para su atención: {title}, con plazo hasta el {day}", escalation),
    }


SPANISH = Wording(
    greeting="Buenos días:",
    greeting_by_name="Buenos días, {name}:",
    templates={
        "meeting": {
            "ahead": Template("Recordatorio: {title}, {day}", "Le recordamos la siguiente reunión:"),
            "past": Template("{title}, {day}", "Ha pasado la hora de la siguiente reunión:"),
            "moved": Template(
                "Reunión aplazada o adelantada: {title}, ahora el {day}",
                "La siguiente reunión se ha aplazado o adelantado. Se celebrará el {day}:",
            ),
            "changed": Template(
                "Reunión modificada: {title}, {day}",
                "El lugar, el enlace o la duración de la siguiente reunión ha variado; la hora es la misma:",
            ),
            "cancelled": Template(
                "Reunión cancelada: {title}, {day}", "La siguiente reunión ha sido cancelada:"
            ),
            "restored": Template(
                "Reunión mantenida: {title}, {day}",
                "La siguiente reunión había sido cancelada; se celebrará:",
            ),
            "escalation": Template(
                "Para su atención: {title}, {day}", "Señalamos a su atención la siguiente reunión:"
            ),
        },
        "obligation": _due(
            "La siguiente obligación de presentar informes",
            ahead="vence el {day}:",
            past="venció el {day} y no se ha cumplido:",
            moved="La siguiente obligación de presentar informes tiene un nuevo plazo, el {day}:",
            escalation="Señalamos a su atención la siguiente obligación de presentar informes, con plazo"
            " hasta el {day}, que no se ha cumplido:",
            over="La siguiente obligación de presentar informes ya no está vigente:",
        ),
        "information-request": _due(
            "El plazo para responder a la siguiente solicitud de información",
            ahead="vence el {day}:",
            past="venció el {day} y no se ha recibido respuesta:",
            moved="La siguiente solicitud de información tiene un nuevo plazo, el {day}:",
            escalation="Señalamos a su atención la siguiente solicitud de información, con plazo hasta"
            " el {day}, que no se ha respondido:",
            over="La siguiente solicitud de información ya no requiere respuesta:",
        ),
        "action-item": _due(
            "El plazo de la siguiente medida",
            ahead="vence el {day}:",
            past="venció el {day} y la medida no se ha adoptado:",
            moved="La siguiente medida tiene un nuevo plazo, el {day}:",
            escalation="Señalamos a su atención la siguiente medida, con plazo hasta el {day}, que no se"
            " ha adoptado:",
            over="La siguiente medida ya no es necesaria:",
        ),
        "review": {
            "ahead": Template(
                "Examen previsto el {day}: {title}", "El siguiente examen está previsto para el {day}:"
            ),
            "past": Template(
                "Pendiente de examen desde el {day}: {title}",
                "Lo siguiente está pendiente de examen desde el {day}:",
            ),
            "moved": Template(
                "Pendiente de examen desde el {day}: {title}",
                "Lo siguiente está pendiente de examen desde el {day}:",
            ),
            "cancelled": Template(
                "Ya no requiere examen: {title}", "Lo siguiente ya no requiere examen:"
            ),
            "escalation": Template(
                "Para su atención: {title}, pendiente de examen desde el {day}",
                "Señalamos a su atención lo siguiente, pendiente de examen desde el {day}:",
            ),
        },
        "milestone": _due(
            "El plazo del siguiente hito",
            ahead="vence el {day}:",
            past="venció el {day} y el hito no se ha alcanzado:",
            moved="El siguiente hito tiene un nuevo plazo, el {day}:",
            escalation="Señalamos a su atención el siguiente hito, con plazo hasta el {day}, que no se"
            " ha alcanzado:",
            over="El siguiente hito ya no está previsto:",
        ),
    },
    digest=Template("Recordatorios: {count} asuntos", "Le recordamos {count} asuntos:"),
    until_the_end="hasta el final del {day}",
    instead_of="En lugar de: {when}",
    theirs="En su huso horario: {when}",
    theirs_until="En su huso horario, hasta el {day}",
    place="Lugar: {place}",
    link="En línea: {address}",
    attached={
        "REQUEST": "El archivo adjunto añade la reunión a su calendario.",
        "CANCEL": "El archivo adjunto retira la reunión de su calendario.",
        "PUBLISH": "El archivo adjunto añade este asunto a su lista de tareas.",
    },
    automatic="Este mensaje se ha enviado automáticamente.",
    stop="Para no recibir más mensajes como este: {address}",
    stop_link="No recibir más mensajes como este",
    clock=Clock(
        dates="{weekday} {day} de {month} de {year}",
        times="{hour:02}.{minute:02}",
        moments="{day}, {time} horas",
        spans="{day}, de {start} a {end} horas",
        first_of_month="1",
        weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        months=(
            "enero", "febrero", "marzo", "abril", "mayo", "junio",
            "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
        ),
    ),
    page={
        "title": "Mensajes de focalpoint",
        "question": "¿Qué mensajes no desea recibir más?",
        "rule": "Los mensajes como el que lleva aquí",
        "kind": "Todos los mensajes sobre asuntos de este tipo",
        "all": "Todos los mensajes",
        "stop": "No recibir más",
        "stopped": "Hemos tomado nota. Ya no se le enviarán estos mensajes.",
        "again": "Recibirlos de nuevo",
        "restored": "Hemos tomado nota. Volverá a recibir estos mensajes.",
        "unknown": "Este enlace no está completo, o no lo hizo este servicio.",
    },
)  # fmt: skip
