"""Words made comparable: case, accents, apostrophes and hyphens aside, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Characters that take more or less than one place when folded; most passages have none.
UNEVEN = re.compile(
    "[\u00ad\u00c6\u00df\u00e6\u0132\u0133\u0152\u0153\u0300-\u036f\u1e9e\u200b-\u200f\u2060\ufb00-\ufb06\ufeff]"
)
DROPPED = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
LIGATURES = {"æ": "ae", "œ": "oe", "ß": "ss", "ĳ": "ij"}
TOKEN = re.compile(r"[^\W\d_]+|\d+|[,.;:()/%$€£]")
BROKEN_WORD = re.compile(r"[-\u2010\u00ad][ \t]*\n\s*")


class Token(NamedTuple):
    """A word, number or mark, folded; it stands at `text[start:end]`."""

    word: str
    start: int
    end: int


def fold_character(character: str) -> str:
    """Lower case without accents; a ligature as its letters, a character without width as nothing."""
    if DROPPED.match(character):
        return ""
    decomposed = unicodedata.normalize("NFKD", character)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return LIGATURES.get(bare, bare)


EVEN = {
    code: folded
    for code in range(0x80, 0x2000)
    if len(folded := fold_character(chr(code))) == 1 and folded.isalnum()
} | {code: chr(code + 32) for code in range(0x41, 0x5B)}
# Marks of footnotes are neither figures nor letters of the word before them.
EVEN |= dict.fromkeys(map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹"), " ")


def fold(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and the place in `text` of each of its characters; none where places are equal."""
    if not UNEVEN.search(text):
        return text.translate(EVEN), None
    places: list[int] = []
    folded: list[str] = []
    for place, character in enumerate(text):
        piece = EVEN.get(ord(character)) or fold_uneven(character)
        folded.append(piece)
        places.extend([place] * len(piece))
    places.append(len(text))
    return "".join(folded), places


def fold_uneven(character: str) -> str:
    return fold_character(character) if UNEVEN.match(character) else character


def tokens_of(text: str) -> list[Token]:
    """The words, numbers and marks of a text; apostrophes, hyphens and quotation marks only part them."""
    folded, places = fold(text)
    if places is None:
        return [Token(found[0], *found.span()) for found in TOKEN.finditer(folded)]
    return [Token(found[0], places[found.start()], places[found.end()]) for found in TOKEN.finditer(folded)]


def mended(text: str, tokens: list[Token]) -> list[Token] | None:
    """The tokens with words put together that a line end broke (`disag-` / `gregated`); none if none is."""
    breaks = {found.start(): found.end() for found in BROKEN_WORD.finditer(text)}
    if not breaks:
        return None
    whole: list[Token] = []
    for token in tokens:
        if whole and breaks.get(whole[-1].end) == token.start:
            last = whole.pop()
            whole.append(Token(last.word + token.word, last.start, token.end))
        else:
            whole.append(token)
    return whole
