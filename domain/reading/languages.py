"""The language of a text, among those that reports are written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

LANGUAGES = {
    Language.ENGLISH: "en", Language.FRENCH: "fr", Language.SPANISH: "es", Language.PORTUGUESE: "pt",
    Language.ARABIC: "ar", Language.RUSSIAN: "ru", Language.CHINESE: "zh",
}  # fmt: skip
FALLBACK = "en"
SAMPLE = 2_000
SHORT = 40
WORD = re.compile(r"[^\W\d_]+")
# Frequent words that the other languages of the table do not share.
FUNCTION_WORDS = {
    name: frozenset(words.split())
    for name, words in {
        "en": "the of and to with by that which was were has been this from for are is on",
        "fr": "le les des du et aux par dans pour sur sont été avec une ont qui cette est",
        "es": "el los las del y por con para una fue han sido al sus ha se como es",
        "pt": "os das dos ao pela pelo foram não são com uma às seus também em foi",
    }.items()
}


def language_of(text: str) -> str:
    """The main language of a whole text, from samples of its beginning, middle and end."""
    middle = max(0, len(text) // 2 - SAMPLE // 2)
    return identified("\n".join((text[:SAMPLE], text[middle : middle + SAMPLE], text[-SAMPLE:]))) or FALLBACK


def languages_of(texts: Sequence[str], main: str) -> list[str]:
    """The language of each passage; the main one where a passage is too short to tell."""
    return [passage_language(text, main) for text in texts]


def passage_language(text: str, main: str) -> str:
    if clearly(text, main):
        return main
    found = identified(text)
    letters = sum(map(len, WORD.findall(text)))
    return found if found and (letters >= SHORT or script(found) != script(main)) else main


def clearly(text: str, main: str) -> bool:
    """Whether function words settle it, which spares asking the detector about most passages."""
    words = [word.lower() for word in WORD.findall(text[:SAMPLE])]
    counts = {name: sum(word in known for word in words) for name, known in FUNCTION_WORDS.items()}
    own = counts.pop(main, 0)
    return own >= 3 and own > 2 * max(counts.values())


def script(language: str) -> str:
    return language if language in {"ar", "ru", "zh"} else "latin"


def identified(text: str) -> str | None:
    found = detector().detect_language_of(text)
    return None if found is None else LANGUAGES[found]


@cache
def detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*LANGUAGES).build()
