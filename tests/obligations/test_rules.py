"""Who owes a report, by when, and where that stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.obligations import rules
from domain.obligations.rules import Bound, Owed

YEAR_END, APRIL = date(2024, 12, 31), date(2025, 4, 30)


def owe(*states: Bound, initial_days: int | None = 180, among: list[str] | None = None) -> list[str]:
    owed = rules.periodic_reports(
        states, "2024", covers_to=YEAR_END, due_on=APRIL, initial_days=initial_days, among=among
    )
    return [item.state for item in owed]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-S2", "2024-07-01", "2024-12-31"),
        ("2024-Q1", "2024-01-01", "2024-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: str, first: str, last: str):
    assert rules.bounds(period) == (date.fromisoformat(first), date.fromisoformat(last))


def test_a_report_on_a_year_is_due_in_the_next():
    assert rules.due_in(2024, "04-30") == APRIL


def test_a_cycle_is_there_from_the_day_on_which_its_year_begins():
    def years(today: date) -> list[int]:
        return rules.years(2024, "04-30", kept_from=date(2024, 1, 1), today=today)

    assert years(date(2025, 12, 31)) == [2024, 2025]
    assert years(date(2026, 1, 1)) == [2024, 2025, 2026]
    assert years(date(2023, 12, 31)) == []


@pytest.mark.parametrize(("kept_from", "first"), [(date(2025, 4, 30), 2024), (date(2025, 5, 1), 2025)])
def test_no_cycle_is_made_whose_day_had_passed_when_one_began(kept_from: date, first: int):
    assert rules.years(2020, "04-30", kept_from=kept_from, today=date(2025, 6, 1)) == list(range(first, 2026))


def test_a_day_is_that_of_the_zone():
    assert rules.day_in("Europe/Zurich", datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("since", "until", "owes"),
    [
        (date(2010, 8, 1), None, True),
        (date(2025, 1, 1), None, False),
        (date(2010, 8, 1), date(2025, 3, 6), False),
        (date(2010, 8, 1), APRIL, False),
        (date(2010, 8, 1), date(2025, 5, 1), True),
    ],
)
def test_whoever_is_bound_at_the_end_of_the_period_and_when_it_is_due_owes_the_report(
    since: date, until: date | None, owes: bool
):
    assert owe(Bound("LTU", since, until)) == (["LTU"] if owes else [])


@pytest.mark.parametrize(("since", "owes"), [(date(2024, 10, 31), True), (date(2024, 11, 1), False)])
def test_an_update_is_not_owed_before_the_first_report_was(since: date, owes: bool):
    assert (owe(Bound("SSD", since, None)) == ["SSD"]) is owes
    assert owe(Bound("SSD", since, None), initial_days=None) == ["SSD"]


def test_a_cycle_may_ask_some_of_the_parties_only():
    parties = [Bound(state, date(2010, 8, 1), None) for state in ("ALB", "HRV", "NOR")]

    assert owe(*parties, among=["HRV", "XAA"]) == ["HRV"]


def test_the_first_report_is_for_the_month_in_which_the_treaty_entered_into_force():
    [owed] = rules.initial_reports(
        [Bound("SSD", date(2024, 2, 1), None)], 180, first=2024, today=date(2026, 1, 1)
    )

    assert owed == Owed("SSD", "2024-02", date(2024, 7, 30), initial=True)


@pytest.mark.parametrize(
    "bound",
    [
        Bound("HRV", date(2023, 12, 31), None),
        Bound("VUT", date(2026, 1, 2), None),
        Bound("LTU", date(2024, 2, 1), date(2024, 7, 30)),
    ],
    ids=["before the first year", "not yet in force", "left before it was due"],
)
def test_first_reports_that_nobody_owes_here(bound: Bound):
    assert list(rules.initial_reports([bound], 180, first=2024, today=date(2026, 1, 1))) == []


@pytest.mark.parametrize(
    ("status", "due_on", "now", "expected"),
    [
        ("open", APRIL, datetime(2025, 4, 30, 21, 59, tzinfo=UTC), "open"),
        ("open", APRIL, datetime(2025, 4, 30, 22, 0, tzinfo=UTC), "overdue"),
        ("open", date(2025, 5, 31), datetime(2025, 4, 30, 21, 0, tzinfo=UTC), "extended"),
        ("met", APRIL, datetime(2030, 1, 1, tzinfo=UTC), "met"),
        ("waived", APRIL, datetime(2030, 1, 1, tzinfo=UTC), "waived"),
    ],
)
def test_where_an_obligation_stands_is_said_by_the_clock(
    status: str, due_on: date, now: datetime, expected: str
):
    over = datetime(2025, 4, 30, 22, 0, tzinfo=UTC)

    assert rules.standing(status, over=over, due_on=due_on, first_due_on=APRIL, now=now) == expected


def test_of_nothing_there_is_no_share():
    assert rules.share(0, 0) is None
    assert rules.share(1, 4) == 0.25


def test_the_calendar_calls_a_report_by_its_name_and_that_of_what_asks_for_it():
    assert rules.title("Article 7 report", "CCM", "2024", "Croatia", initial=False) == (
        "Article 7 report (CCM) for 2024: Croatia"
    )
    assert rules.title("Article 7 report", "CCM", "2024-02", "South Sudan", initial=True) == (
        "Initial Article 7 report (CCM): South Sudan"
    )
    assert rules.title("CRPD report", "CRPD", "2027", "Croatia", initial=False) == (
        "CRPD report for 2027: Croatia"
    )
