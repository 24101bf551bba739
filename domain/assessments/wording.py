"""Findings in words: why a level, why not one higher, and what to ask for in a letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.assessments.matching import Hit
from domain.assessments.statements import Standing
from domain.reading.lexicon import DONE, FIGURE, MONEY, PERCENT, Lexicon
from schemas.rubrics import Criterion, Rubric
from schemas.thesauri import covers

LONGEST_QUOTE = 240
LEADS: dict[str, dict[int, str]] = {
    "en": {
        0: "The report does not yet describe anything on this point.",
        1: "The report mentions or announces this, but does not describe a measure that was taken.",
        2: "The report describes measures, but not what came of them.",
    },
    "fr": {
        0: "Le rapport ne décrit encore rien sur ce point.",
        1: "Le rapport mentionne ou annonce ce point, mais ne décrit pas de mesure qui ait été prise.",
        2: "Le rapport décrit des mesures, mais non leurs résultats.",
    },
    "es": {
        0: "El informe no describe todavía nada sobre este punto.",
        1: "El informe menciona o anuncia este punto, pero no describe ninguna medida adoptada.",
        2: "El informe describe medidas, pero no sus resultados.",
    },
}
DENIED = {
    "en": "The report states that this is lacking.",
    "fr": "Le rapport indique que cela fait défaut.",
    "es": "El informe señala que esto falta.",
}
"""How a letter begins where the State says so itself, whatever the rubric calls its levels."""

NAMES = {FIGURE: "figures", MONEY: "amounts of money", PERCENT: "percentages"}
LANGUAGES = {
    "am": "Amharic", "ar": "Arabic", "el": "Greek", "he": "Hebrew", "hi": "Hindi", "hy": "Armenian",
    "ja": "Japanese", "ka": "Georgian", "km": "Khmer", "ko": "Korean", "lo": "Lao", "my": "Burmese",
    "pt": "Portuguese", "ru": "Russian", "th": "Thai", "zh": "Chinese",
}  # fmt: skip
ABOUT = {"en": "This concerns: {}.", "fr": "Il s'agit de : {}.", "es": "Se trata de: {}."}


def why(criterion: Criterion, level: int, hits: Sequence[Hit], quote: str, lexicon: Lexicon) -> str:
    """What was found; `hits` are those at the level, the best first, `quote` the words of the first."""
    if level == 0:
        return why_nothing(criterion, hits, quote)
    concepts = named((signal.key for signal in hits[0].told if signal.key not in lexicon.acts), lexicon)
    number = counted(len(hits), "statement")
    if level == 1 and all(hit.statement.standing is Standing.PLANNED for hit in hits):
        return f"{number} announced or hoped for, on {concepts}."
    if level == 1:
        return f"{number} mentioning {concepts}."
    if level == 2 or not hits[0].beside:
        return f"{number} describing what was done or is under way, on {concepts}."
    return f"{number} describing what was done, on {concepts}, with {named(hits[0].beside, lexicon)}."


def why_nothing(criterion: Criterion, hits: Sequence[Hit], quote: str) -> str:
    title = english(criterion.title)
    if not hits:
        return f"No statement on “{title}” was found."
    if is_denied(hits):
        return f"The report only states that this is missing: “{shortened(quote)}”"
    return "Only others speak of it; what they say or ask for is not the State's own practice."


def why_not_higher(level: int, hits: Sequence[Hit], lexicon: Lexicon, needed: Sequence[str]) -> str | None:
    """What the next level would have needed; nothing above the highest."""
    if level == 0 and is_denied(hits):
        return "All that the State says of it is that it is missing."
    if level == 0:
        return "The State itself does not mention, plan or promise anything on it."
    if level == 1 and all(hit.statement.standing is Standing.PLANNED for hit in hits):
        return "What is described is planned or possible, not yet done."
    if level == 1 and any(covers(DONE, signal.key) for hit in hits for signal in hit.acts):
        return "The measure that is described is not one of those that the next level asks for."
    return higher(level, lexicon, needed)


def higher(level: int, lexicon: Lexicon, needed: Sequence[str]) -> str | None:
    if level == 1:
        return "No measure taken or under way is described."
    if level == 2:
        return f"None of these is given with it: {named(needed, lexicon)}."
    return None


def gap(criterion: Criterion, leads: Mapping[str, str], language: str) -> str:
    """Words for a letter to the State, in its language where they exist, else in English."""
    texts = criterion.gap or {}
    chosen = language if language in leads and (language in texts or not texts) else "en"
    asked = texts.get(chosen) or ABOUT[chosen].format(criterion.title.get(chosen, english(criterion.title)))
    return f"{leads[chosen]} {asked}"


def leads(rubric: Rubric, level: int, hits: Sequence[Hit]) -> dict[str, str]:
    """How a letter about a gap at this level begins, by language; `hits` are those at the level."""
    if level == 0 and is_denied(hits):
        return DENIED
    usual = {language: said[level] for language, said in LEADS.items()}
    own = next((named.lead for number, named in rubric.scale.items() if int(number) == level), {})
    return usual | dict(own)


def is_denied(hits: Sequence[Hit]) -> bool:
    """Whether the first of them, the best, is the State's own word that it is missing."""
    return bool(hits) and hits[0].statement.standing is Standing.DENIED


def not_assessed(criterion: Criterion, unread: Mapping[str, float]) -> str:
    return (
        f"Not assessed: the State says nothing on “{english(criterion.title)}” in what is read, and most of "
        f"the report is not read: {shares_in_words(unread)}."
    )


def shares_in_words(unread: Mapping[str, float]) -> str:
    """Such as `61 % is in Arabic, 4 % in Chinese`, without those below half of one per cent."""
    told = [
        f"{share:.0%} in {LANGUAGES.get(language, language)}".replace("%", " %")
        for language, share in unread.items()
        if share >= 0.005
    ]
    return ", ".join(told).replace(" in ", " is in ", 1)


def not_applicable(quote: str) -> str:
    return f"The report states that there is no such obligation: “{shortened(quote)}”"


def english(texts: dict[str, str]) -> str:
    return texts.get("en") or next(iter(texts.values()))


def named(keys: Iterable[str], lexicon: Lexicon) -> str:
    """Signals as they are called in an English sentence, figures together."""
    labels: dict[str, None] = {}
    figures: dict[str, None] = {}
    for key in keys:
        if key.startswith(f"{FIGURE}.") and key not in NAMES:
            figures[english(lexicon.labels[key.removeprefix(f"{FIGURE}.")])] = None
        else:
            labels[NAMES.get(key) or english(lexicon.labels.get(key, {"en": key}))] = None
    if figures:
        labels.pop(NAMES[FIGURE], None)
        labels[f"figures on {', '.join(figures)}"] = None
    return "; ".join(labels)


def counted(number: int, thing: str) -> str:
    return f"One {thing}" if number == 1 else f"{number} {thing}s"


def shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_QUOTE else f"{flat[:LONGEST_QUOTE].rsplit(' ', 1)[0]} …"
