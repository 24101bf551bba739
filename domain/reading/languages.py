"""The language of a text: by its script, and among those in Latin letters by its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

LANGUAGES = {
    Language.ENGLISH: "en", Language.FRENCH: "fr", Language.SPANISH: "es", Language.PORTUGUESE: "pt",
}  # fmt: skip
FALLBACK = "en"
SAMPLE = 2_000
SHORT = 40
WORD = re.compile(r"[^\W\d_]+")
# Scripts that one language has to itself, or nearly so: of the others in them no reports are expected.
SCRIPTS = {
    "ru": "\u0400-\u052f",
    "ar": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "ja": "\u3040-\u30ff",
    "ko": "\u1100-\u11ff\uac00-\ud7af",
    "he": "\u0590-\u05ff\ufb1d-\ufb4f",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hy": "\u0530-\u058f",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "my": "\u1000-\u109f",
    "ka": "\u10a0-\u10ff",
    "am": "\u1200-\u137f",
    "km": "\u1780-\u17ff",
}
OTHER_SCRIPT = re.compile("|".join(f"(?P<{name}>[{letters}]+)" for name, letters in SCRIPTS.items()))
BEYOND_LATIN = re.compile("[\u0370-\u1fff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\ufefc]")
KANA = 0.1
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
    sample = "\n".join((text[:SAMPLE], text[middle : middle + SAMPLE], text[-SAMPLE:]))
    return by_script(sample) or by_function_words(sample) or identified(sample) or FALLBACK


def languages_of(texts: Sequence[str], main: str) -> list[str]:
    """The language of each passage; the main one where a passage is too short to tell."""
    return [passage_language(text, main) for text in texts]


def passage_language(text: str, main: str) -> str:
    text = text[:SAMPLE]
    script = by_script(text)
    if script:
        return script
    words = WORD.findall(text)
    if main not in FUNCTION_WORDS and not words:
        return main
    if main in FUNCTION_WORDS and (sum(map(len, words)) < SHORT or clearly(words, main)):
        return main
    return identified(text) or main


def by_script(text: str) -> str | None:
    """The language that most of the letters belong to alone; none for Latin letters, or none at all."""
    if text.isascii() or not BEYOND_LATIN.search(text):
        return None
    letters: Counter[str] = Counter()
    for found in OTHER_SCRIPT.finditer(text):
        letters[found.lastgroup or ""] += len(found[0])
    if letters.total() * 2 <= sum(map(len, WORD.findall(text))):
        return None
    if letters["ja"] > KANA * letters["zh"]:
        return "ja"
    return max(letters, key=lambda name: letters[name], default=None)


def by_function_words(text: str) -> str | None:
    """The language whose function words leave no doubt, which spares loading the detector to cut a text."""
    words = WORD.findall(text)
    return next((name for name in FUNCTION_WORDS if clearly(words, name)), None)


def clearly(words: Sequence[str], main: str) -> bool:
    """Whether function words settle it, which spares asking the detector about most passages."""
    used = {word.lower() for word in words}
    counts = {name: len(used & known) for name, known in FUNCTION_WORDS.items()}
    own = counts.pop(main)
    return own >= 2 and own > 2 * max(counts.values())


def identified(text: str) -> str | None:
    found = detector().detect_language_of(text)
    return None if found is None else LANGUAGES[found]


@cache
def detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*LANGUAGES).build()
