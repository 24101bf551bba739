"""The words of handover packs, in English, French and Spanish. Data."""

from __future__ import annotations

from collections.abc import Mapping

Texts = dict[str, str]


def _texts(en: str, fr: str, es: str) -> Texts:
    return {"en": en, "fr": fr, "es": es}


CYCLE = _texts(
    "{name} for {period}: due from {count} States",
    "{name}, {period} : attendu de {count}\u00a0États",
    "{name}, {period}: pendiente de {count} Estados",
)

PACK: Mapping[str, Texts] = {
    "title": _texts("Handover: {terms}", "Passation\u00a0: {terms}", "Traspaso: {terms}"),
    "mandate": _texts("Mandate", "Mandat", "Mandato"),
    "framework": _texts("Under: {framework}", "Au titre de\u00a0: {framework}", "En virtud de: {framework}"),
    "held-by": _texts("Held by: {states}", "Titulaires\u00a0: {states}", "Titulares: {states}"),
    "period": _texts("From {since} to {until}", "Du {since} au {until}", "Del {since} al {until}"),
    "open-period": _texts(
        "From {since}, without an end so far",
        "Depuis le {since}, sans terme fixé",
        "Desde el {since}, sin término",
    ),
    "in-force": _texts("In force.", "En vigueur.", "En vigor."),
    "not-in-force": _texts("Not in force today.", "Pas en vigueur aujourd'hui.", "No está en vigor hoy."),
    "successors": _texts("Who comes after", "Successeurs", "Sucesores"),
    "activities": _texts("Activities", "Activités", "Actividades"),
    "open-work": _texts("Open work", "Travaux en cours", "Trabajo pendiente"),
    "calendar": _texts(
        "Calendar of the next twelve months",
        "Calendrier des douze prochains mois",
        "Calendario de los próximos doce meses",
    ),
    "calendar-ends": _texts(
        "There is more than is listed here: it goes as far as {day}.",
        "La liste est incomplète\u00a0: elle va jusqu'au {day}.",
        "La lista está incompleta: llega hasta el {day}.",
    ),
    "contacts": _texts("Contacts", "Contacts", "Contactos"),
    "holders": _texts("Holders of the mandate", "Titulaires du mandat", "Titulares del mandato"),
    "last-analysis": _texts("Last analysis", "Dernière analyse", "Último análisis"),
    "last-meeting": _texts(
        "Last meeting: {title}", "Dernière réunion\u00a0: {title}", "Última reunión: {title}"
    ),
    "published": _texts(
        "Assessments published for {period}",
        "Évaluations publiées pour {period}",
        "Evaluaciones publicadas de {period}",
    ),
    "none": _texts("None.", "Néant.", "Ninguno."),
    "idle": _texts(
        "no progress since the last meeting",
        "sans progrès depuis la dernière réunion",
        "sin avances desde la última reunión",
    ),
    "idle-so-far": _texts("no progress so far", "sans progrès à ce jour", "sin avances hasta la fecha"),
    "activity": _texts("Activity", "Activité", "Actividad"),
    "status": _texts("Status", "État", "Estado"),
    "responsible": _texts("Responsible", "Responsable", "Responsable"),
    "due": _texts("By when", "Échéance", "Plazo"),
    "day": _texts("Date", "Date", "Fecha"),
    "what": _texts("What", "Objet", "Asunto"),
    "name": _texts("Name", "Nom", "Nombre"),
    "role": _texts("Role", "Fonction", "Función"),
    "of": _texts("State or organisation", "État ou organisation", "Estado u organización"),
    "email": _texts("E-mail", "Courriel", "Correo electrónico"),
    "telephone": _texts("Telephone", "Téléphone", "Teléfono"),
    "state": _texts("State", "État", "Estado"),
    "level": _texts("Level {level}", "Niveau {level}", "Nivel {level}"),
    "not-applicable": _texts("Not applicable", "Sans objet", "No procede"),
    "not-assessed": _texts("Not assessed", "Non évalué", "Sin evaluar"),
    "score": _texts("Score", "Résultat", "Resultado"),
    "total": _texts("Total", "Total", "Total"),
}

STATUSES: Mapping[str, Texts] = {
    "not-started": _texts("not started", "non commencée", "no iniciada"),
    "under-way": _texts("under way", "en cours", "en curso"),
    "done": _texts("done", "achevée", "terminada"),
    "dropped": _texts("dropped", "abandonnée", "abandonada"),
}
