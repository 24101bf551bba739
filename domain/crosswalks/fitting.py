"""Which evidence answers to which provision of another framework: by what it is about, and whom. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple

from domain.mappings.graph import framework_of

_NONE: frozenset[str] = frozenset()


class Themes(NamedTuple):
    """What something is about, and whom."""

    subjects: frozenset[str] = _NONE
    people: frozenset[str] = _NONE


class Asked(NamedTuple):
    """What a provision asks for, and of its framework whom all provisions are about."""

    themes: Themes = Themes()
    addressed: frozenset[str] = _NONE
    """Persons with disabilities in a convention on their rights; nobody where provisions differ."""


def asked(subjects: Mapping[str, frozenset[str]], people: Mapping[str, frozenset[str]]) -> dict[str, Asked]:
    """By reference. `people` holds all assessable provisions of its frameworks, also those about nobody."""
    by_framework: dict[str, list[frozenset[str]]] = defaultdict(list)
    for reference, whom in people.items():
        by_framework[framework_of(reference)].append(whom)
    addressed = {key: reduce(frozenset.intersection, whom) for key, whom in by_framework.items()}
    return {
        reference: Asked(Themes(subjects.get(reference, _NONE), whom), addressed[framework_of(reference)])
        for reference, whom in people.items()
    }


class Piece(NamedTuple):
    """Evidence for a criterion."""

    about: Themes
    criterion: Themes


def piece(passage: Themes, criterion: Themes) -> Piece:
    """What a finding rests on is about the finding's subject, too. Whom about, its words say first."""
    about = Themes(passage.subjects | criterion.subjects, passage.people or criterion.people)
    return Piece(about, criterion)


def concerns(evidence: Piece, addressed: frozenset[str]) -> bool:
    """Whether it is about those whom a framework is about, where that is anybody."""
    return not addressed or not addressed.isdisjoint(evidence.about.people)


def fits(evidence: Piece, provision: Asked) -> bool:
    """Whether to quote the evidence on the provision: they share a subject, and whom the framework is about.

    A criterion that is about people and nothing else fits what is about the same people. On a provision
    of which no subject is known everything fits that concerns the framework's people.
    """
    if not concerns(evidence, provision.addressed):
        return False
    if _about_the_same_people(evidence.criterion, provision):
        return True
    subjects = provision.themes.subjects
    return not subjects or not subjects.isdisjoint(evidence.about.subjects)


def _about_the_same_people(criterion: Themes, provision: Asked) -> bool:
    """Whether a criterion is about people and nothing else, and the provision about the same."""
    people = provision.themes.people
    return bool(people) and criterion == (_NONE, people)


def unrecognised(provision: Asked, recognised: frozenset[str], criteria: Iterable[Themes] = ()) -> list[str]:
    """Its subjects, where no evidence of the criteria can fit: none of them is among those recognised."""
    subjects = provision.themes.subjects
    by_people = any(_about_the_same_people(criterion, provision) for criterion in criteria)
    return sorted(subjects) if subjects.isdisjoint(recognised) and not by_people else []


def nearest(pieces: Iterable[Piece], provisions: Mapping[str, Asked]) -> tuple[str, ...]:
    """Of the provisions whose subject is known, those that fit one of the pieces by most themes."""
    counted: dict[str, int] = {}
    for one in pieces:
        subjects, people = one.about
        for reference, provision in provisions.items():
            if provision.themes.subjects and fits(one, provision):
                common = len(subjects & provision.themes.subjects) + len(people & provision.themes.people)
                counted[reference] = max(common, counted.get(reference, 0))
    most = max(counted.values(), default=0)
    return tuple(reference for reference in provisions if counted.get(reference) == most)
