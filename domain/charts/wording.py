"""The fixed words of charts in English, French and Spanish, and how numbers are written. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.agendas import PaperLanguage
from schemas.charts import ChartFigure
from schemas.plan_items import ItemStatus
from schemas.progress import Status

Texts = Mapping[str, str]

LONGEST = 1e15
"""From here on numbers are written with a power of ten, as are those below a ten-thousandth."""


def _texts(en: str, fr: str, es: str) -> Texts:
    return {"en": en, "fr": fr, "es": es}


ITEM_STATUSES: Mapping[ItemStatus | Status, Texts] = {
    "done": _texts("done", "achevé", "terminado"),
    "under-way": _texts("under way", "en cours", "en curso"),
    "not-started": _texts("not started", "non commencé", "no iniciado"),
    "dropped": _texts("dropped", "abandonné", "abandonado"),
}
INDICATOR_STATUSES: Mapping[ItemStatus | Status, Texts] = {
    "achieved": _texts("achieved", "atteint", "logrado"),
    "on-track": _texts("on track", "en bonne voie", "según lo previsto"),
    "behind": _texts("behind", "en retard", "con retraso"),
    "off-track": _texts("off track", "loin de la cible", "lejos de la meta"),
    "under-way": _texts("under way", "en cours", "en curso"),
    "no-change": _texts("no change", "sans changement", "sin cambios"),
    "regressed": _texts("regressed", "en recul", "en retroceso"),
    "not-computable": _texts("not computable", "non calculable", "no calculable"),
}
CODES: Mapping[str, Texts] = {
    "F": _texts("Women", "Femmes", "Mujeres"),
    "M": _texts("Men", "Hommes", "Hombres"),
}
"""Codes of SEX. Titles of other codes are those of their lists."""

WORDS: Mapping[str, Texts] = {
    "in-all": _texts("In all", "Total", "Total"),
    "item-progress": _texts(
        "Progress by objective: {name}", "Progrès par objectif\u00a0: {name}", "Avances por objetivo: {name}"
    ),
    "indicator-progress": _texts(
        "Indicators by objective and status: {name}",
        "Indicateurs par objectif et par état\u00a0: {name}",
        "Indicadores por objetivo y estado: {name}",
    ),
    "objective": _texts("Objective", "Objectif", "Objetivo"),
    "items": _texts("Items", "Éléments", "Elementos"),
    "indicators": _texts("Indicators", "Indicateurs", "Indicadores"),
    "counted-items": _texts(
        "Items that count as work, by status.",
        "Éléments qui comptent comme travail, par état.",
        "Elementos que cuentan como trabajo, por estado.",
    ),
    "counted-indicators": _texts(
        "Indicators by computed status.", "Indicateurs par état calculé.", "Indicadores por estado calculado."
    ),
    "share-done": _texts(
        "Done, by the rule `{rule}`: {share}.",
        "Achevé, selon la règle `{rule}`\u00a0: {share}.",
        "Terminado, según la regla `{rule}`: {share}.",
    ),
    "recorded-on": _texts(
        "As recorded on {day}.", "Tel qu'enregistré le {day}.", "Según lo registrado el {day}."
    ),
    "values-until": _texts(
        "Values of periods that ended by {day}.",
        "Valeurs des périodes achevées au plus tard le {day}.",
        "Valores de los períodos terminados a más tardar el {day}.",
    ),
    "no-items": _texts(
        "No items are counted here.", "Aucun élément n'est compté ici.", "Aquí no se cuenta ningún elemento."
    ),
    "no-indicators": _texts(
        "There are no indicators here.", "Il n'y a pas d'indicateurs ici.", "Aquí no hay indicadores."
    ),
    "rates": _texts(
        "Reports submitted, by cycle: {name}",
        "Rapports présentés, par cycle\u00a0: {name}",
        "Informes presentados, por ciclo: {name}",
    ),
    "cycle": _texts("Cycle", "Cycle", "Ciclo"),
    "due-on": _texts("Due on", "Échéance", "Plazo"),
    "expected": _texts("Expected", "Attendus", "Esperados"),
    "share-of-expected": _texts(
        "Share of the reports that were due", "Part des rapports dus", "Proporción de los informes debidos"
    ),
    "submitted": _texts("submitted", "présentés", "presentados"),
    "on-time": _texts("on time", "dans les délais", "a tiempo"),
    "rates-of": _texts(
        "{cycle}: {actual} of {expected} submitted ({rate}), {on_time} on time ({rate_on_time}).",
        "{cycle}\u00a0: {actual} présentés sur {expected} ({rate}),"
        " {on_time} dans les délais ({rate_on_time}).",
        "{cycle}: {actual} presentados de {expected} ({rate}), {on_time} a tiempo ({rate_on_time}).",
    ),
    "all-cycles": _texts(
        "All cycles whose day has passed", "Tous les cycles échus", "Todos los ciclos vencidos"
    ),
    "still-running": _texts("Still running: {cycles}.", "En cours\u00a0: {cycles}.", "En curso: {cycles}."),
    "nothing-due": _texts("nothing was due", "rien n'était dû", "nada se debía"),
    "no-cycles": _texts(
        "There is no reporting cycle.",
        "Il n'y a pas de cycle de rapports.",
        "No hay ningún ciclo de informes.",
    ),
    "period": _texts("Period", "Période", "Período"),
    "value": _texts("Value", "Valeur", "Valor"),
    "target": _texts("Target", "Cible", "Meta"),
    "total": _texts("Total", "Total", "Total"),
    "series-of": _texts("{name} ({area})", "{name} ({area})", "{name} ({area})"),
    "one-value": _texts(
        "{label}: {first} ({when}).", "{label}\u00a0: {first} ({when}).", "{label}: {first} ({when})."
    ),
    "from-to": _texts(
        "{label}: from {first} ({when}) to {last} ({then}); lowest {least}, highest {most}.",
        "{label}\u00a0: de {first} ({when}) à {last} ({then})\u00a0; minimum {least}, maximum {most}.",
        "{label}: de {first} ({when}) a {last} ({then}); mínimo {least}, máximo {most}.",
    ),
    "target-printed": _texts(
        "Target as stated: {printed}.",
        "Cible telle qu'énoncée\u00a0: {printed}.",
        "Meta tal como se enuncia: {printed}.",
    ),
    "target-not-drawn": _texts(
        "The target cannot be drawn as a line.",
        "La cible ne peut pas être tracée.",
        "La meta no puede trazarse.",
    ),
    "gaps": _texts(
        "Gaps: no value for {periods}.",
        "Interruptions\u00a0: pas de valeur pour {periods}.",
        "Interrupciones: sin valor para {periods}.",
    ),
    "words": _texts(
        "Values that are words are in the table only.",
        "Les valeurs en toutes lettres figurent dans le tableau seulement.",
        "Los valores en palabras figuran solo en la tabla.",
    ),
    "no-value": _texts("no value", "pas de valeur", "sin valor"),
    "nothing-observed": _texts("Nothing was observed.", "Rien n'a été observé.", "No se ha observado nada."),
    "nothing-drawn": _texts(
        "There is no number to draw; what was observed is in the table.",
        "Il n'y a pas de nombre à tracer\u00a0; ce qui a été observé figure dans le tableau.",
        "No hay ningún número que trazar; lo observado figura en la tabla.",
    ),
    "more": _texts(
        "Not drawn, in the table only: {count} more.",
        "Non tracés, dans le tableau seulement\u00a0: {count} de plus.",
        "Sin trazar, solo en la tabla: {count} más.",
    ),
    "and-more": _texts(" and {count} more", " et {count} de plus", " y {count} más"),
    "listed": _texts("{label}: {what}.", "{label}\u00a0: {what}.", "{label}: {what}."),
    "figures-at": _texts(
        "The figures as a table: {path}.",
        "Les chiffres en tableau\u00a0: {path}.",
        "Las cifras en una tabla: {path}.",
    ),
}


def say(language: PaperLanguage, key: str, **facts: object) -> str:
    return WORDS[key][language].format(**facts)


def titled(title: Mapping[str, str], language: PaperLanguage) -> str:
    """One line, in the language or else in English or in any."""
    found = title.get(language) or title.get("en") or next(iter(title.values()), "")
    return " ".join(found.split())


def number(value: ChartFigure, language: PaperLanguage) -> str:
    """As people read it: to four decimals, thousands parted, a true minus sign."""
    size = abs(value)
    if size and not 1e-4 <= size < LONGEST:
        written = f"{float(value):.3g}"
    else:
        written = f"{round(value, 4):,}"
        whole, _, decimals = written.partition(".")
        written = f"{whole}.{decimals.rstrip('0')}".rstrip(".")
    if language != "en":
        written = written.replace(",", "\u202f").replace(".", ",")
    return written.replace("-", "\u2212")


def measured(value: ChartFigure, unit: str | None, language: PaperLanguage) -> str:
    """With `%` where that is the unit."""
    return number(value, language) + ("\u00a0%" if unit == "%" else "")


def enumerated(names: list[str], language: PaperLanguage, *, most: int = 8) -> str:
    """The first few, and how many more there are."""
    more = say(language, "and-more", count=len(names) - most) if len(names) > most else ""
    return ", ".join(names[:most]) + more
