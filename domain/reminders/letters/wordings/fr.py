"""Letters in French. Before a colon, and between a number and what it counts, stand no-break spaces."""

from __future__ import annotations

from collections.abc import Mapping

from domain.reminders.letters.wordings.wording import Clock, Occasion, Template, Wording


def _due(
    what: str, *, ahead: str, past: str, moved: str, escalation: str, over: str
) -> Mapping[Occasion, Template]:
    """Of what is due on a date; French sentences agree with their noun, so each is given."""
    return {
        "ahead": Template("Échéance le {day} : {title}", f"{what} {ahead}"),
        "past": Template("Échéance dépassée, {day} : {title}", f"{what} {past}"),
        "moved": Template("Nouvelle échéance, le {day} : {title}", moved),
        "cancelled": Template("Sans échéance désormais : {title}", over),
        "escalation": Template("À votre attention : {title}, échéance le {day}", escalation),
    }


FRENCH = Wording(
    greeting="Bonjour,",
    greeting_by_name="Bonjour {name},",
    templates={
        "meeting": {
            "ahead": Template("Rappel : {title}, {day}", "Ceci est un rappel de la réunion suivante :"),
            "past": Template("{title}, {day}", "L’heure de la réunion suivante est passée :"),
            "moved": Template(
                "Réunion déplacée : {title}, désormais le {day}",
                "La réunion suivante a été déplacée. Elle aura lieu le {day} :",
            ),
            "changed": Template(
                "Réunion modifiée : {title}, {day}",
                "Le lieu, le lien ou la durée de la réunion suivante a changé ; l’heure reste la même :",
            ),
            "cancelled": Template(
                "Réunion annulée : {title}, {day}", "La réunion suivante a été annulée :"
            ),
            "restored": Template(
                "Réunion maintenue : {title}, {day}",
                "La réunion suivante avait été annulée ; elle aura lieu :",
            ),
            "escalation": Template(
                "À votre attention : {title}, {day}", "La réunion suivante est portée à votre attention :"
            ),
        },
        "obligation": _due(
            "L’obligation suivante de faire rapport",
            ahead="vient à échéance le {day} :",
            past="venait à échéance le {day} et n’a pas été remplie :",
            moved="L’obligation suivante de faire rapport a une nouvelle échéance, le {day} :",
            escalation="L’obligation suivante de faire rapport, dont l’échéance est le {day}, n’est pas"
            " remplie ; elle est portée à votre attention :",
            over="L’obligation suivante de faire rapport est levée :",
        ),
        "information-request": _due(
            "La réponse à la demande d’informations suivante",
            ahead="est attendue le {day} :",
            past="était attendue le {day} et n’a pas été donnée :",
            moved="La demande d’informations suivante a une nouvelle échéance, le {day} :",
            escalation="La demande d’informations suivante, dont l’échéance est le {day}, est sans"
            " réponse ; elle est portée à votre attention :",
            over="La demande d’informations suivante n’appelle plus de réponse :",
        ),
        "action-item": _due(
            "La mesure suivante",
            ahead="est à prendre d’ici au {day} :",
            past="était à prendre d’ici au {day} et ne l’a pas été :",
            moved="La mesure suivante a une nouvelle échéance, le {day} :",
            escalation="La mesure suivante, dont l’échéance est le {day}, n’a pas été prise ; elle est"
            " portée à votre attention :",
            over="La mesure suivante n’est plus à prendre :",
        ),
        "review": {
            "ahead": Template(
                "Examen prévu le {day} : {title}", "L’examen suivant est prévu le {day} :"
            ),
            "past": Template(
                "En attente d’examen, {day} : {title}", "Ceci est en attente d’examen depuis le {day} :"
            ),
            "moved": Template(
                "En attente d’examen, {day} : {title}", "Ceci est en attente d’examen depuis le {day} :"
            ),
            "cancelled": Template(
                "Examen devenu sans objet : {title}", "L’examen suivant est devenu sans objet :"
            ),
            "escalation": Template(
                "À votre attention : {title}, en attente d’examen, {day}",
                "Ceci est en attente d’examen depuis le {day} et est porté à votre attention :",
            ),
        },
        "milestone": _due(
            "L’étape suivante",
            ahead="est à franchir d’ici au {day} :",
            past="était à franchir d’ici au {day} et ne l’a pas été :",
            moved="L’étape suivante a une nouvelle échéance, le {day} :",
            escalation="L’étape suivante, dont l’échéance est le {day}, n’a pas été franchie ; elle est"
            " portée à votre attention :",
            over="L’étape suivante n’est plus à franchir :",
        ),
    },
    digest=Template("Rappels : {count} éléments", "Ceci est un rappel de {count} éléments :"),
    until_the_end="jusqu’à la fin du {day}",
    instead_of="Au lieu de : {when}",
    theirs="Dans votre fuseau horaire : {when}",
    theirs_until="Dans votre fuseau horaire, jusqu’au {day}",
    place="Lieu : {place}",
    link="En ligne : {address}",
    attached={
        "REQUEST": "Le fichier joint ajoute la réunion à votre agenda.",
        "CANCEL": "Le fichier joint retire la réunion de votre agenda.",
        "PUBLISH": "Le fichier joint ajoute ceci à votre liste de tâches.",
    },
    automatic="Ce message a été envoyé automatiquement.",
    stop="Pour ne plus recevoir de messages comme celui-ci : {address}",
    stop_link="Ne plus recevoir de messages comme celui-ci",
    clock=Clock(
        dates="{weekday} {day} {month} {year}",
        times="{hour} h {minute:02}",
        moments="{day}, {time}",
        spans="{day}, de {start} à {end}",
        first_of_month="1er",
        weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        months=(
            "janvier", "février", "mars", "avril", "mai", "juin",
            "juillet", "août", "septembre", "octobre", "novembre", "décembre",
        ),
    ),
    page={
        "title": "Messages de focalpoint",
        "question": "Quels messages ne souhaitez-vous plus recevoir ?",
        "rule": "Les messages comme celui qui mène ici",
        "kind": "Tous les messages sur des éléments de ce type",
        "all": "Tous les messages",
        "stop": "Ne plus recevoir",
        "stopped": "C’est noté. Ces messages ne vous seront plus envoyés.",
        "again": "Les recevoir de nouveau",
        "restored": "C’est noté. Vous recevrez de nouveau ces messages.",
        "unknown": "Ce lien n’est pas complet, ou n’a pas été fait par ce service.",
    },
)  # fmt: skip
