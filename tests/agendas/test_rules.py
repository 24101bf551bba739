"""In which order agendas stand, whatever people made of them; and the words of all three languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agendas import rules, wording
from domain.errors import Conflict, Invalid
from domain.handover import wording as handover
from domain.meetings.kinds import KINDS
from schemas.agendas import PaperLanguage, WorkKind

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Group:
    kind: WorkKind

    @property
    def key(self) -> str:
        return self.kind


GROUPS = [Group(kind) for kind in get_args(WorkKind)]


def order(*standing: str) -> list[str]:
    return [key.removeprefix("standing:") for key in rules.drafted_order(standing, GROUPS)]


def test_open_work_stands_below_the_standing_points_that_speak_of_it():
    assert order("opening", "matters-arising", "activities", "planned", "other-business", "next-meeting") == [
        "opening", "matters-arising", "decisions", "action-items", "activities", "idle-activities", "planned",
        "overdue-obligations", "findings-awaiting-review", "information-requests", "other-business",
        "next-meeting",
    ]  # fmt: skip
    assert order("opening", "information-asked", "follow-up")[:2] == ["opening", "information-asked"]
    assert order("opening", "information-asked", "follow-up")[-1] == "follow-up"


def test_without_a_point_that_closes_open_work_stands_at_the_end():
    work = [group.key for group in GROUPS]

    assert order("opening") == ["opening", *work]
    assert order() == work
    assert order("other-business") == [*work, "other-business"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_kind_begins_with_its_opening_and_holds_all_open_work(kind: object):
    standing = [point.key for point in KINDS[kind.key].agenda]

    found = order(*standing)

    assert found[0] == standing[0] or standing[0] in rules.CLOSING
    assert sorted(found) == sorted([*standing, *(group.key for group in GROUPS)])


keys = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(keys, keys)
def test_what_is_there_keeps_its_order_and_what_is_wanted_comes_in(present: list[str], wanted: list[str]):
    merged = rules.merged_order(present, wanted)

    assert [key for key in merged if key in present] == present
    assert sorted(merged) == sorted({*present, *wanted})
    assert rules.merged_order(merged, wanted) == merged


def test_a_new_point_stands_where_it_is_wanted_among_those_there_are():
    assert rules.merged_order(["c", "x", "a"], ["a", "b", "c"]) == ["c", "x", "a", "b"]
    assert rules.merged_order(["x", "c"], ["a", "b", "c"]) == ["x", "a", "b", "c"]
    assert rules.merged_order(["x"], ["a", "b"]) == ["x", "a", "b"]


def test_a_point_of_the_peoples_own_stands_before_the_closing_ones():
    assert rules.place_before_closing(["standing:opening", None, "standing:other-business"]) == 2
    assert rules.place_before_closing([None]) == 1
    assert rules.place_before_closing([]) == 0


@pytest.mark.parametrize("status", ["held", "cancelled"])
def test_what_is_over_is_not_drafted(status: str):
    with pytest.raises(Conflict):
        rules.must_be_ahead(status)
    rules.must_be_ahead("moved")


def test_something_is_done_today_unless_another_day_is_said():
    assert rules.done_day(None, time_zone="Pacific/Apia", now=NOW) == date(2026, 3, 5)
    assert rules.done_day(date(2026, 1, 1), time_zone="UTC", now=NOW) == date(2026, 1, 1)
    assert rules.done_day(date(2026, 3, 5), time_zone="UTC", now=NOW) == date(2026, 3, 5)
    with pytest.raises(Invalid):
        rules.done_day(date(2026, 3, 6), time_zone="UTC", now=NOW)


def test_a_list_has_short_lines():
    assert rules.shortened("a\n b") == "a b"
    assert rules.shortened("x" * 400) == "x" * 299 + "…"
    assert len(rules.title_in_calendar("x " * 400)) < 220


@pytest.mark.parametrize(
    "texts",
    [wording.GROUPS, wording.SUMMARY, wording.STATUSES, handover.PACK, handover.STATUSES],
    ids=["groups", "summary", "statuses", "handover", "activities"],
)
def test_every_text_is_there_in_three_languages_with_the_same_facts(texts: dict[str, dict[str, str]]):
    for key, text in texts.items():
        assert text.keys() == set(get_args(PaperLanguage)), key
        named = {frozenset(part.split("}")[0] for part in one.split("{")[1:]) for one in text.values()}
        assert len(named) == 1, key
        assert all(one.strip() == one for one in text.values()), key


def test_there_is_a_title_for_every_kind_of_open_work():
    assert wording.GROUPS.keys() == set(get_args(WorkKind))
    assert wording.group("overdue-obligations", 1, report="Article 7 report")["fr"].endswith("1\u00a0État")
    assert wording.group("decisions", 3)["es"] == "Decisiones aún no ejecutadas: 3"


def test_what_a_person_wrote_is_the_same_in_every_language():
    assert wording.spoken(wording.written("Salut"), "es") == "Salut"
    assert wording.spoken({"en": "Croatia", "fr": "Croatie"}, "es") == "Croatia"
    assert wording.spoken({"pt": "Croácia"}, "es") == "Croácia"
