"""How terms are written, and whether one stands at a place in a text.

People are named together: `protection of women and children` is protection of children, too, and so is
`children's and women's protection`. One rule does it for all terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.reading.folding import Token, tokens_of
from schemas.thesauri import Thesaurus

GAP = "…"
ANY_NUMBER = "#"
WIDEST_GAP = 4
MOST_COMPANY = 8
GAP_ENDS = frozenset(".;:")
COMMA = ","


@dataclass(frozen=True, slots=True)
class Company:
    """Who may be named together in a language (`people`), and what joins them (`links`)."""

    people: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()

    def after(self, tokens: Sequence[Token], place: int, word: Word) -> int:
        """Where `word` stands behind others that are named from `place` on; else -1."""
        named = False
        for number in range(place, min(place + MOST_COMPANY, len(tokens))):
            found = tokens[number].word
            if named and word.matches(found):
                return number
            if found in self.people:
                named = True
            elif not (found in self.links or self.listed(tokens, number)):
                return -1
        return -1

    def listed(self, tokens: Sequence[Token], number: int) -> bool:
        """Whether a comma stands before somebody else."""
        return (
            tokens[number].word == COMMA
            and number + 1 < len(tokens)
            and tokens[number + 1].word in self.people
        )


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term: exact, a stem, or any number; possibly after a gap, or after others named too."""

    text: str
    stem: bool = False
    after_gap: bool = False
    company: Company | None = None

    @property
    def literal(self) -> bool:
        """Whether only this very word matches, and only right here."""
        return not (self.stem or self.after_gap or self.company or self.text == ANY_NUMBER)

    def matches(self, word: str) -> bool:
        if self.text == ANY_NUMBER:
            return word.isdigit()
        return word.startswith(self.text) if self.stem else word == self.text


def companies(thesaurus: Thesaurus) -> dict[str, Company]:
    """By language: the words of the concepts that are people, as far as they are single words."""
    terms = [c.terms for c in thesaurus.concepts if c.key in thesaurus.company.people]
    return {
        language: Company(
            frozenset(word for by in terms for word in single(by.get(language, ()))),
            frozenset(word for link in links for word in single([link])),
        )
        for language, links in thesaurus.company.links.items()
    }


def single(terms: Sequence[str]) -> Iterator[str]:
    for term in terms:
        words = list(words_of(term))
        if len(words) == 1:
            yield words[0].text


def accompanied(words: Sequence[Word], company: Company) -> list[Word]:
    """The words of a term, others being welcome beside the people whom it names."""
    people = [word.text in company.people for word in words]
    return [
        replace(word, company=company)
        if place and not word.after_gap and beside(words, people, place, company)
        else word
        for place, word in enumerate(words)
    ]


def beside(words: Sequence[Word], people: Sequence[bool], place: int, company: Company) -> bool:
    """Whether somebody is named here, right before, or right after what joins."""
    before = place - 1
    while before > 0 and words[before].text in company.links:
        before -= 1
    here = place
    while here < len(words) - 1 and words[here].text in company.links:
        here += 1
    return people[here] or people[before]


def words_of(term: str) -> Iterator[Word]:
    after_gap = False
    for piece in term.split():
        if piece == GAP:
            after_gap = True
        elif piece == ANY_NUMBER:
            yield Word(ANY_NUMBER, after_gap=after_gap)
            after_gap = False
        else:
            yield from spelled(piece, after_gap)
            after_gap = False


def spelled(piece: str, after_gap: bool) -> Iterator[Word]:
    """The words of a piece without spaces: `l'égalité` and `gender-based` are two."""
    tokens = [token.word for token in tokens_of(piece)]
    for place, word in enumerate(tokens):
        stem = piece.endswith("*") and place == len(tokens) - 1
        yield Word(word, stem, after_gap and place == 0)


def end_of(words: Sequence[Word], tokens: Sequence[Token], place: int) -> int:
    """The token after `words` if they stand at `place`, else 0."""
    for word in words:
        found = found_at(word, tokens, place)
        if found < 0:
            return 0
        place = found + 1
    return place


def found_at(word: Word, tokens: Sequence[Token], place: int) -> int:
    """Where the next word of a term stands, at `place` or as far behind as it may; else -1."""
    if place < len(tokens) and word.matches(tokens[place].word):
        return place
    if word.company:
        return word.company.after(tokens, place, word)
    return after_gap(word, tokens, place) if word.after_gap else -1


def after_gap(word: Word, tokens: Sequence[Token], place: int) -> int:
    for number in range(place, min(place + WIDEST_GAP + 1, len(tokens))):
        if word.matches(tokens[number].word):
            return number
        if tokens[number].word in GAP_ENDS:
            return -1
    return -1
