"""From a text to its words: as they stand, bare of accents, and reduced to their stems."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import snowballstemmer

WORD = re.compile(r"[^\W\d_]{2,}")

STEMMERS = {
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "pt": "portuguese",
    "ar": "arabic",
    "ru": "russian",
}
"""A word of any other language is its own stem."""

# Words that every text of a language has, whatever it is about; without accents.
ENGLISH = """
all also an and are as at be been being both but by can do each for from had has have how if in into is it
its may more most must no nor not of on onto or other our out over own per shall should so some such than
that the their them then there these they this those through to under until up upon was were what when where
which while who whom whose will with within without would
"""
FRENCH = """
au aux avec ce ces cet cette chaque chez comme dans de des dont du elle elles en entre est et etre eux il
ils la le les leur leurs lors lorsque lui mais meme ne ni nos notre nous on ont ou par pas pour qu quand que
quel quelle qui sa sans se selon ses si son sont sous sur tant tel telle toute toutes tous tout un une vers
vos votre
"""
SPANISH = """
al ante aquel asi bajo cada como con contra cual cuando de del desde donde durante el ella ellas ellos en
entre es esa ese eso esta estas este esto estos fue ha han hacia hasta la las le les lo los mas mediante
mismo ni no nos nuestro nuestra para pero por porque que quien se segun ser si sin sobre son su sus tal
tales tambien todas todos toda todo un una unas uno unos ya
"""
EMPTY_WORDS = {
    language: frozenset(words.split())
    for language, words in (("en", ENGLISH), ("fr", FRENCH), ("es", SPANISH))
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as it stands there in lower case, without accents, and its stem without accents."""

    shown: str
    bare: str
    stem: str


def words_in(text: str, language: str) -> Iterator[Word]:
    """The words of a text in their order; numbers, single letters and empty words are none."""
    primary = language.partition("-")[0]
    empty = EMPTY_WORDS.get(primary, frozenset())
    for found in WORD.findall(unicodedata.normalize("NFC", text).lower()):
        word = _word(found, primary)
        if word.bare not in empty:
            yield word


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer | None:
    name = STEMMERS.get(language)
    return snowballstemmer.stemmer(name) if name else None


@cache
def _word(shown: str, language: str) -> Word:
    stemmer = _stemmer(language)
    return Word(shown, bare(shown), bare(stemmer.stemWord(shown)) if stemmer else bare(shown))


def bare(text: str) -> str:
    """Without accents and other marks above or below letters."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )
