"""What is told by verbs that no list has: finite forms, known by their endings and by the words around them.

Words of a passage become letters (`grammars.py`), and what is done or planned are orders of these letters.
Parts of speech are guessed, so only forms count that are hardly ever anything else. The thesaurus says by
which verbs nothing is done (`note`, `need`, `remain`).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache

from domain.reading.folding import Token
from domain.reading.grammars import GRAMMARS
from domain.reading.lexicon import DONE_BY_FORM, PLANNED, Match

MARKS = {".": ".", ";": ".", ":": ".", "(": ".", ")": ".", ",": ",", "/": ","}
NUMBER, YEAR, OTHER, FUTURE = "N", "#", "W", "F"
RANKED = "IWTUt"
"""What the thesaurus says of a word, the strongest last."""
RANK = {letter: place for place, letter in enumerate(RANKED)}
BOUND = {"V": "v", "v": "v", "T": "T"} | {letter: letter for letter in "DGNPOYABCMSZIRra"}
"""In the name of a concept a participle is a verb only with an auxiliary, and what joins words stays."""


def verbs_in(
    text: str, tokens: Sequence[Token], language: str, matches: Sequence[Match], listed: Mapping[str, str]
) -> list[Match]:
    """A match for each finite verb that tells of something done, or to be done.

    `listed` has the letters of what `matches` say of words, by key.
    """
    grammar = GRAMMARS.get(language)
    if grammar is None:
        return []
    letters = letters_of(text, tokens, language, matches, listed)
    done = sorted({found.end() - 1 for found in grammar.told.finditer(letters)})
    told = [Match(DONE_BY_FORM, tokens[place].start, tokens[place].end) for place in done]
    future = [tokens[place] for place, letter in enumerate(letters) if letter == FUTURE]
    return told + [Match(PLANNED, token.start, token.end) for token in future]


def letters_of(
    text: str, tokens: Sequence[Token], language: str, matches: Sequence[Match], listed: Mapping[str, str]
) -> str:
    """A letter for each token."""
    letters = [letter_of(text[token.start : token.end], language) for token in tokens]
    starts = [token.start for token in tokens]
    said = sorted((RANK[listed[m.key]], m.start, m.end) for m in matches if m.key in listed)
    for rank, start, end in said:
        for place in range(bisect_left(starts, start), bisect_left(starts, end)):
            letters[place] = over(letters[place], RANKED[rank])
    return "".join(letters)


def over(letter: str, said: str) -> str:
    """What a word is once the thesaurus has said something of it."""
    return BOUND.get(letter, said) if said == OTHER else said


@lru_cache(maxsize=50_000)
def letter_of(written: str, language: str) -> str:
    """The letter of a word as it is written."""
    if not written[0].isalpha():
        return MARKS.get(written) or letter_of_number(written)
    word = unicodedata.normalize("NFC", written).lower()
    grammar = GRAMMARS[language]
    known = grammar.words.get(word)
    return known or next((letter for letter, ending in grammar.endings if ending.search(word)), OTHER)


def letter_of_number(written: str) -> str:
    if not written.isdigit():
        return OTHER
    return YEAR if len(written) == 4 and written[:2] in ("19", "20") else NUMBER
