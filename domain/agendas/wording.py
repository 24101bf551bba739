"""The sentences of agendas and summaries, in English, French and Spanish. Data and pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from domain.reminders.letters.wordings import WORDINGS
from schemas.agendas import PaperLanguage, WorkKind

Texts = dict[str, str]
"""The same in several languages; `und` is the key of what a person wrote in a language that is not known."""

LANGUAGES: tuple[PaperLanguage, ...] = ("en", "fr", "es")
UNDETERMINED = "und"


def _texts(en: str, fr: str, es: str) -> Texts:
    return {"en": en, "fr": fr, "es": es}


GROUPS: Mapping[WorkKind, Texts] = {
    "decisions": _texts(
        "Decisions not yet carried out: {count}",
        "Décisions non encore exécutées\u00a0: {count}",
        "Decisiones aún no ejecutadas: {count}",
    ),
    "action-items": _texts(
        "Action items not done: {count}",
        "Mesures à prendre, en suspens\u00a0: {count}",
        "Medidas pendientes: {count}",
    ),
    "overdue-obligations": _texts(
        "{report}, overdue: {count} States",
        "{report}, en retard\u00a0: {count}\u00a0États",
        "{report}, atrasado: {count} Estados",
    ),
    "findings-awaiting-review": _texts(
        "Findings awaiting review: {count}",
        "Constatations en attente d'examen\u00a0: {count}",
        "Constataciones pendientes de examen: {count}",
    ),
    "information-requests": _texts(
        "Information requests without an answer: {count}",
        "Demandes d'informations sans réponse\u00a0: {count}",
        "Solicitudes de información sin respuesta: {count}",
    ),
    "idle-activities": _texts(
        "Activities without progress since the last meeting: {count}",
        "Activités sans progrès depuis la dernière réunion\u00a0: {count}",
        "Actividades sin avances desde la última reunión: {count}",
    ),
}
"""What a group of open work is called, by its kind."""

IDLE_SO_FAR = _texts(
    "Activities without progress so far: {count}",
    "Activités sans progrès à ce jour\u00a0: {count}",
    "Actividades sin avances hasta la fecha: {count}",
)
"""Of activities, before there was a meeting."""

ONE_STATE = _texts(
    "{report}, overdue: 1 State", "{report}, en retard : 1\u00a0État", "{report}, atrasado: 1 Estado"
)


def group(kind: WorkKind, count: int, **facts: str) -> Texts:
    """The title of a group of open work."""
    templates = ONE_STATE if kind == "overdue-obligations" and count == 1 else GROUPS[kind]
    return {language: text.format(count=count, **facts) for language, text in templates.items()}


def idle(count: int, *, met: bool) -> Texts:
    """The title of activities of which nothing was heard, since the last meeting where there was one."""
    if met:
        return group("idle-activities", count)
    return {language: text.format(count=count) for language, text in IDLE_SO_FAR.items()}


def in_each(template: Mapping[str, str], named: Mapping[str, str], **facts: object) -> Texts:
    """A template filled in for each language, with the name of a thing as that language has it."""
    return {
        language: text.format(name=spoken(named, language), **facts) for language, text in template.items()
    }


FOR = _texts("{name}, {of}", "{name}, {of}", "{name}, {of}")
COUNTED = _texts("{name}, {of}: {count}", "{name}, {of}\u00a0: {count}", "{name}, {of}: {count}")


def written(text: str) -> Texts:
    """What a person wrote: the same in every language."""
    return {UNDETERMINED: text}


def spoken(texts: Mapping[str, str], language: str) -> str:
    """In the language, else as it was written, else in English, else in any."""
    known = [texts[key] for key in (language, UNDETERMINED, "en") if key in texts]
    return known[0] if known else next(iter(texts.values()))


def day(when: date, language: str) -> str:
    return WORDINGS[language].clock.day(when)


STATUSES: Mapping[str, Texts] = {
    "planned": _texts("planned", "prévu", "previsto"),
    "treated": _texts("treated", "traité", "tratado"),
    "postponed": _texts("postponed", "reporté", "aplazado"),
    "taken": _texts("taken", "prise", "adoptada"),
    "carried-out": _texts("carried out", "exécutée", "ejecutada"),
    "superseded": _texts("superseded", "remplacée", "sustituida"),
    "open": _texts("open", "en suspens", "pendiente"),
    "overdue": _texts("overdue", "en retard", "atrasada"),
    "done": _texts("done", "faite", "hecha"),
    "cancelled": _texts("cancelled", "abandonnée", "cancelada"),
}

SUMMARY: Mapping[str, Texts] = {
    "title": _texts("Summary: {title}", "Résumé\u00a0: {title}", "Resumen: {title}"),
    "not-yet": _texts(
        "The meeting has not taken place yet.",
        "La réunion n'a pas encore eu lieu.",
        "La reunión aún no se ha celebrado.",
    ),
    "cancelled": _texts(
        "The meeting was cancelled.", "La réunion a été annulée.", "La reunión fue cancelada."
    ),
    "place": _texts("Place: {place}", "Lieu\u00a0: {place}", "Lugar: {place}"),
    "took-part": _texts("Who took part", "Participation", "Participantes"),
    "agenda": _texts("Agenda", "Ordre du jour", "Programa"),
    "minutes": _texts("Minutes", "Compte rendu", "Acta"),
    "decisions": _texts("Decisions", "Décisions", "Decisiones"),
    "action-items": _texts("Action items", "Mesures à prendre", "Medidas por adoptar"),
    "next": _texts("Next meeting", "Prochaine réunion", "Próxima reunión"),
    "none": _texts("None.", "Néant.", "Ninguno."),
    "not-noted": _texts("Not noted.", "Non consigné.", "Sin constancia."),
    "no-date": _texts("No date has been set.", "Aucune date n'est fixée.", "No se ha fijado fecha."),
    "number": _texts("No.", "N°", "Núm."),
    "point": _texts("Point", "Point", "Punto"),
    "note": _texts("Note", "Note", "Nota"),
    "decision": _texts("Decision", "Décision", "Decisión"),
    "status": _texts("Status", "État", "Estado"),
    "action": _texts("What is to be done", "Mesure", "Medida"),
    "owner": _texts("By whom", "Responsable", "Responsable"),
    "due": _texts("By when", "Échéance", "Plazo"),
    "as-of": _texts("As of {day}.", "Situation au {day}.", "Situación al {day}."),
}
