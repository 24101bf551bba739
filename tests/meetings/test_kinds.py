"""The templates: every kind is complete in three languages, and what it cites is in the catalogue."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
import yaml

from domain.meetings.kinds import KINDS, OF_A_PLAN, Kind, standing_points
from schemas.meetings import MeetingKind, PlanKind
from schemas.recurrence import check_rule

FRAMEWORKS = Path(__file__).parents[2] / "catalogue" / "frameworks"

each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def test_there_is_a_template_for_every_kind():
    assert list(KINDS) == list(get_args(MeetingKind))
    assert get_args(PlanKind) == OF_A_PLAN


@each_kind
def test_every_text_is_there_in_three_languages(kind: Kind):
    texts = [kind.title, *(point.title for point in (*kind.agenda, *kind.first_of_year))]

    assert kind.agenda
    for text in texts:
        assert text.keys() == {"en", "fr", "es"}
        assert len(set(text.values())) == 3
        assert all(value.strip() == value for value in text.values())


@each_kind
def test_what_a_kind_cites_is_in_the_catalogue(kind: Kind):
    if kind.framework is not None:
        assert kind.source is not None
        assert (FRAMEWORKS / f"{kind.framework}.yaml").exists()
    if kind.source is not None and kind.source.provision is not None:
        framework, _, ref = kind.source.provision.partition(":")
        library = yaml.safe_load((FRAMEWORKS / f"{framework}.yaml").read_text())
        assert ref in {str(provision["ref"]) for provision in library["provisions"]}


@each_kind
def test_a_usual_rule_is_a_rule_and_companions_are_kinds(kind: Kind):
    assert kind.rrule is None or check_rule(kind.rrule) == kind.rrule
    assert all(companion.kind in KINDS for companion in kind.companions)


def test_the_first_committee_of_a_year_introduces_the_focal_points_and_no_other_does():
    earlier = [date(2025, 12, 1), date(2026, 2, 3)]

    def introduced(day: date) -> bool:
        points = [point.key for point in standing_points("coordination-committee", day, earlier)]
        assert points[0] == "opening"
        return "introduction-of-focal-points" in points

    assert introduced(date(2026, 2, 3))
    assert not introduced(date(2026, 3, 3))
    assert introduced(date(2027, 1, 12))
