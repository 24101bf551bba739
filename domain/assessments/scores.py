"""What the levels of all criteria come to, by the scale that a rubric states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.rubrics import Grade, Graded, Rubric, Tally


@dataclass(frozen=True, slots=True)
class Score:
    """The value as the rubric writes it, and the criteria that settled it, in English."""

    value: str
    why: str


def assessed(levels: Iterable[tuple[str, int | None, bool]]) -> dict[str, int | None]:
    """By criterion, from criterion, level and whether it is applicable; without what is not assessed."""
    return {key: level for key, level, applicable in levels if level is not None or not applicable}


def score_of(rubric: Rubric, levels: Mapping[str, int | None]) -> Score | None:
    """The score of these levels, proposed or decided; none where the rubric has none, or nothing is assessed.

    A level of None is not applicable: it neither counts nor stands in the way of a grade. A criterion that
    is left out is not assessed: no grade can rest on it.
    """
    if not levels:
        return None
    match rubric.score:
        case Tally():
            return tallied(rubric.score, rubric, levels)
        case Graded():
            return graded(rubric.score, levels)
        case None:
            return None


def tallied(tally: Tally, rubric: Rubric, levels: Mapping[str, int | None]) -> Score:
    applicable = [level for level in levels.values() if level is not None]
    reached = sum(level >= tally.level for level in applicable)
    told = f"{reached} of {len(applicable)} criteria are at level {tally.level} or higher"
    open_still = len(rubric.criteria) - len(levels)
    return Score(str(reached), f"{told}; {open_still} are not assessed." if open_still else f"{told}.")


def graded(scale: Graded, levels: Mapping[str, int | None]) -> Score:
    """The first grade whose needs are all met; what the one before it would have needed says why."""
    missed: Grade | None = None
    for grade in scale.grades:
        if not lacking(grade, levels):
            return Score(grade.value, f"{called(grade)}: {met(grade)}{short_of(missed, levels)}")
        missed = grade
    return Score(scale.otherwise.value, f"{called(scale.otherwise)}.{short_of(missed, levels)}")


def lacking(grade: Grade, levels: Mapping[str, int | None]) -> list[str]:
    """The criteria that keep a grade from being given."""
    return [key for key, needed in grade.needs.items() if falls_short(levels.get(key, 0), needed)]


def falls_short(level: int | None, needed: int) -> bool:
    return level is not None and level < needed


def called(grade: Grade) -> str:
    title = grade.title.get("en") or next(iter(grade.title.values()))
    return f"Score {grade.value}, {title[:1].lower()}{title[1:]}" if grade.needs else title


def met(grade: Grade) -> str:
    return f"all that it asks for is met ({', '.join(grade.needs)})."


def short_of(grade: Grade | None, levels: Mapping[str, int | None]) -> str:
    if grade is None:
        return ""
    return f" Score {grade.value} would also need {', '.join(lacking(grade, levels))}."
