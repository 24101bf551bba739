"""What the levels of all criteria come to, by the scale that a rubric states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.rubrics import Grade, Graded, Rubric, Tally


@dataclass(frozen=True, slots=True)
class Score:
    """The value as the rubric writes it, and the criteria that settled it, in English."""

    value: str
    why: str


def score_of(rubric: Rubric, levels: Mapping[str, int | None]) -> Score | None:
    """The score of these levels, proposed or decided; none where the rubric has no score.

    A level of None is not applicable: it neither counts nor stands in the way of a grade. A criterion
    without a level counts as 0.
    """
    match rubric.score:
        case Tally():
            return tallied(rubric.score, rubric, levels)
        case Graded():
            return graded(rubric.score, levels)
        case None:
            return None


def tallied(tally: Tally, rubric: Rubric, levels: Mapping[str, int | None]) -> Score:
    applicable = [key for key in (c.key for c in rubric.criteria) if levels.get(key, 0) is not None]
    reached = sum((levels.get(key) or 0) >= tally.level for key in applicable)
    return Score(
        str(reached), f"{reached} of {len(applicable)} criteria are at level {tally.level} or higher."
    )


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
