"""The words by which passages are read: one edition of the thesaurus, checked as it is loaded.

How a term is written (case, accents, hyphens and kinds of apostrophe never matter):

- words as they stand: `women with disabilities`; every inflection that counts is listed;
- `*` at the end of a word: any ending, after a stem of four letters or more (`disaggregat*`);
- `…` between two words: up to four words in between, within one sentence (`disaggregated by … sex`);
- `#`: any number written in digits (`and #`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.fields import Incoming, Key, Label, Language, Translations

SHORTEST_STEM = 4


def refuse_greedy(term: str) -> str:
    """A term is refused when its notation is broken or its stem would match too much."""
    if "|" in term:
        raise ValueError(f"{term!r}: a term must not contain '|'; list alternatives as separate terms")
    if '"' in term:
        raise ValueError(f"{term!r}: quotation marks are not read; one at an end is half of a term")
    words = re.split(r"[\s'’-]+", term)
    if words[0] == "…" or words[-1] == "…":
        raise ValueError(f"{term!r}: '…' stands between two words")
    for word in words:
        if "*" in word.rstrip("*") or word.endswith("**"):
            raise ValueError(f"{term!r}: '*' may only end a word")
        if word.endswith("*") and len(word) <= SHORTEST_STEM:
            raise ValueError(f"{term!r}: a stem needs at least {SHORTEST_STEM} letters")
    return term


def refuse_repeats(terms: list[str]) -> list[str]:
    counted = Counter(term.casefold() for term in terms)
    repeated = [term for term, count in counted.items() if count > 1]
    if repeated:
        raise ValueError(f"terms listed twice: {', '.join(repeated)}")
    return terms


Term = Annotated[Label, AfterValidator(refuse_greedy)]
TermList = Annotated[list[Term], AfterValidator(refuse_repeats)]
Terms = Annotated[dict[Language, TermList], Field(description="terms by language")]


class Cue(Incoming):
    """Words that do one thing in every sentence, and phrases around them in which they do not."""

    terms: Terms
    exclusions: Terms = Field(default_factory=dict, description="phrases in which the terms do not count")


class Concept(Cue):
    """What a passage can be about, or an act that it can tell of."""

    key: Key = Field(examples=["women", "data.sex", "act.done"])
    label: Translations
    themes: list[Key] = Field(default_factory=list)


class ThemeWords(Cue):
    """What tells of a theme beside the concepts that carry it: a treaty's name, `maternal mortality`.

    In its exclusions neither its own terms nor those concepts tell of it: `girls and boys` are all children,
    and nothing is said of girls by it.
    """

    key: Key = Field(examples=["women-and-girls"])


class Attribution(Incoming):
    """Who is speaking. What others say or ask is not the State's own practice."""

    speakers: Terms = Field(description="others than the reporting State")
    verbs: Terms = Field(description="a speaker followed by one of these within eight words is heard")
    phrases: Terms = Field(description="enough by themselves: `according to`")
    remarks: Cue = Field(description="verbs that others use of the State, unless the State is speaking")
    own: Terms = Field(description="the State takes the word again: `the Government`, `in response`")
    others: Terms = Field(
        default_factory=dict, description="what begins like the State and is not it: `the delegation of`"
    )
    resuming: Terms = Field(
        default_factory=dict,
        description="first words by which whoever was heard in the sentence before goes on: `It`",
    )
    questions: Terms = Field(
        default_factory=dict,
        description="up to the next mark stands what others wanted to know: `in reply to questions`",
    )
    passive: Terms = Field(
        default_factory=dict, description="words right before a verb by which nobody speaks: `were` invited"
    )
    titles: Terms = Field(
        default_factory=dict,
        description="forms of address: a passage that has one and tells nothing only lists people",
    )


class Verbs(Incoming):
    """What the form of a verb does not show. A verb that no list has tells of an act where it is finite."""

    idle: Terms = Field(default_factory=dict, description="by which nothing is done: `need`, `remain`")
    pasts: Terms = Field(default_factory=dict, description="finite without an ending: `gave`")
    participles: Terms = Field(default_factory=dict, description="participles without an ending: `given`")


class Clauses(Incoming):
    """Where one statement of a sentence ends and the next begins."""

    hard: Terms = Field(description="always: `although`")
    soft: Terms = Field(description="only between statements of different kinds: a comma, `and the`")
    dependent: Terms = Field(
        description="only after something done: `that`; what hangs on a plan or a demand is part of it"
    )


class Company(Incoming):
    """People who are named together: `protection of women and children` is protection of children."""

    people: list[Key] = Field(default_factory=list, description="concepts whose words name them")
    links: Terms = Field(default_factory=dict, description="what stands between them: `and`, `of the`")
    modifiers: dict[Language, dict[str, list[Term]]] = Field(
        default_factory=dict,
        description="first words of terms that hold in other forms: `child`: `children`, `children's`",
    )


class Figures(Incoming):
    """Numbers that count something. Dates, articles and measures of length are not figures."""

    counts: list[Key] = Field(description="concepts that can be counted; a concept includes its children")
    numbers: Terms = Field(description="numbers written as words")
    percent: Terms
    money: Terms
    references: Terms = Field(description="words before a number that names something: `resolution`")
    units: Terms = Field(description="words after a number that make it a measure or a date: `years`")


class Thesaurus(Incoming):
    """One edition. Each concept has terms in every language of the edition."""

    key: Key = Field(examples=["2026.1"])
    languages: list[Language] = Field(min_length=1)
    concepts: list[Concept] = Field(min_length=1)
    acts: list[Concept] = Field(min_length=1)
    themes: list[ThemeWords] = Field(default_factory=list)
    treaties: Terms = Field(
        default_factory=dict, description="names; in a list of many none tells what the passage is about"
    )
    treaty_titles: Terms = Field(
        default_factory=dict,
        description="how titles of other treaties begin; no concept in a title counts: `convention on`",
    )
    verbs: Verbs = Verbs()
    negation: Cue
    hedging: Cue
    attribution: Attribution
    clauses: Clauses
    company: Company = Company()
    figures: Figures
    results: list[list[Key | list[Key]]] = Field(
        min_length=1,
        description="what shows the results of a measure; any one item, all parts of it. "
        "The default rule of level 3 asks for it",
    )

    @model_validator(mode="after")
    def keys_are_unique(self) -> Self:
        themes = [theme.key for theme in self.themes]
        repeated = [
            key for keys in (self.concept_keys(), themes) for key, n in Counter(keys).items() if n > 1
        ]
        if repeated:
            raise ValueError(f"keys used twice: {', '.join(repeated)}")
        return self

    @model_validator(mode="after")
    def figures_count_what_exists(self) -> Self:
        unknown = [key for key in self.figures.counts if not any(self.covered_by(key))]
        if unknown:
            raise ValueError(f"figures count unknown concepts: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def languages_have_the_same_depth(self) -> Self:
        for name, terms in self.required_terms():
            if set(terms) != set(self.languages) or not all(terms.values()):
                raise ValueError(f"{name} needs terms in each of {', '.join(self.languages)}")
        return self

    def concept_keys(self) -> list[str]:
        return [concept.key for concept in (*self.concepts, *self.acts)]

    def covered_by(self, key: str) -> Iterator[str]:
        """The concept of that key and those below it: `data` covers `data.sex`."""
        return (known for known in self.concept_keys() if covers(key, known))

    def required_terms(self) -> Iterator[tuple[str, Terms]]:
        """Every list of terms that must speak each language, with its name."""
        for concept in (*self.concepts, *self.acts):
            yield concept.key, concept.terms
        if self.treaties:
            yield "treaties", self.treaties
        for theme in self.themes:
            yield f"themes.{theme.key}", theme.terms
        yield "negation", self.negation.terms
        yield "hedging", self.hedging.terms
        yield "attribution.remarks", self.attribution.remarks.terms
        for field in ("speakers", "verbs", "phrases", "own"):
            yield f"attribution.{field}", getattr(self.attribution, field)
        for field in ("hard", "soft", "dependent"):
            yield f"clauses.{field}", getattr(self.clauses, field)
        for field in ("numbers", "percent", "money", "references", "units"):
            yield f"figures.{field}", getattr(self.figures, field)


def covers(key: str, other: str) -> bool:
    """Whether `key` names `other` or a concept above it."""
    return other == key or other.startswith(f"{key}.")
