"""How far an indicator is, by each method; and every reason why nobody can say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.indicators import periods
from domain.indicators.measuring.case import Definition, Observed, Progress
from domain.indicators.measuring.progress import progress, share
from domain.indicators.periods import Period
from domain.indicators.printed import read_cell

PLAN = Period(date(2016, 1, 1), date(2021, 12, 31))
SCALE = [("0", "Gender blind"), ("1", "Gender neutral"), ("2", "Gender aware"), ("3", "Transformative")]


def of(baseline: str = "", target: str = "", **facts: Any) -> Definition:
    """A count of which more is better, unless something else is said."""
    return Definition(
        **({"kind": "number", "direction": "up"} | facts),
        baselines=read_cell(baseline).values,
        targets=read_cell(target).values,
    )


def seen(**values: object) -> list[Observed]:
    """`y2018=3, y2019_Q1="yes"`."""
    return [
        Observed(
            periods.read(name[1:].replace("_", "-")),
            None if isinstance(value, str) else Decimal(str(value)),
            value if isinstance(value, str) else None,
        )
        for name, value in values.items()
    ]


def measured(definition: Definition, during: Period | None = PLAN, **values: object) -> Progress:
    return progress(definition, seen(**values), during)


def line(found: Progress) -> tuple[str, str | None, float | None, float | None]:
    return found.status, found.method, share(found.value), share(found.expected)


@pytest.mark.parametrize(
    ("latest", "status", "value"),
    [
        (12, "achieved", 1.0),
        (15, "achieved", 1.333333),
        (8, "on-track", 0.555556),
        (7, "behind", 0.444444),
        (5, "off-track", 0.222222),
        (3, "no-change", 0.0),
        (1, "regressed", -0.222222),
    ],
)
def test_progress_is_counted_from_the_baseline_and_may_be_below_zero_and_above_one(
    latest: int, status: str, value: float
):
    found = measured(of("3", "12"), y2018=latest)

    assert line(found) == (status, "linear", value, 0.5)
    assert found.met is (latest >= 12)


def test_less_is_better_where_the_direction_says_so_down_to_a_target_of_zero():
    found = measured(of("100", "0", direction="down"), y2018=10)

    assert line(found) == ("on-track", "linear", 0.9, 0.5)
    assert line(measured(of("100", "0", direction="down"), y2018=0))[0] == "achieved"
    assert line(measured(of("100", "10", direction="down"), y2018=120))[:1] == ("regressed",)


def test_a_value_that_nobody_has_updated_falls_behind_nothing():
    found = measured(of("0", "12"), y2016=3, y2017=4)

    assert line(found) == ("on-track", "linear", 0.333333, 0.333485)
    assert found.inputs["latest_period"] == "2017"


def test_when_the_time_is_over_only_the_target_will_do():
    assert measured(of("0", "100"), y2021=99).status == "behind"
    assert measured(of("0", "100"), y2021=49).status == "off-track"
    assert measured(of("0", "100"), y2021=100).status == "achieved"


def test_without_a_period_nothing_says_how_much_is_due():
    assert line(measured(of("0", "12"), during=None, y2018=3)) == ("under-way", "linear", 0.25, None)


def test_dates_of_baseline_and_target_count_instead_of_those_of_the_plan():
    found = measured(of("0 (2014)", "10 by 2018"), y2016=5)

    assert line(found) == ("on-track", "linear", 0.5, 0.500342)
    assert (found.inputs["starts"], found.inputs["ends"]) == (date(2015, 1, 1), date(2018, 12, 31))


def test_where_only_parts_were_observed_in_the_period_it_says_so():
    whole = progress(of("0", "12"), [], PLAN, parts=[periods.read("2016")])
    before = progress(of("0", "12"), [], PLAN, parts=[periods.read("2015")])

    assert (whole.code, whole.reason) == (
        "no-observation", "No total was observed in the period, only parts.",
    )  # fmt: skip
    assert (before.code, before.reason) == ("no-observation", "No value was observed in the period.")


@pytest.mark.parametrize(
    "target",
    [
        "Handbook sent to at least two political parties in each country",
        "Guide sent to electoral institution of each country",
        "At least one recommendation implemented per country",
        "3 in every Member State",
    ],
)
def test_a_target_of_each_country_is_compared_with_the_values_of_one_country_alone(target: str):
    together = measured(of("0", target, joint=True), y2016=2)

    assert (together.status, together.code) == ("not-computable", "target-of-each-country")
    assert target in together.reason
    assert measured(of("0", target), y2016=2).code != "target-of-each-country"


def test_a_target_of_several_countries_is_compared_with_what_they_come_to_together():
    assert measured(of("0", "12 countries", joint=True), y2016=3).value == Decimal("0.25")
    assert measured(of("0", "1 per year", joint=True), y2016=1).value == 1


def test_values_outside_the_period_of_the_plan_do_not_count():
    found = measured(of("0", "12"), y2012=9, y2023=12)

    assert (found.status, found.code) == ("not-computable", "no-observation")


def test_a_plan_without_an_end_has_a_first_day_all_the_same():
    without_end = Period(date(2016, 1, 1), periods.LAST_DAY)

    assert measured(of("0", "12"), without_end, y2010=6).code == "no-observation"
    assert line(measured(of("0", "12"), without_end, y2010=6, y2018=3)) == (
        "under-way", "linear", 0.25, None,
    )  # fmt: skip
    assert measured(of("0", "12"), without_end, y2018=3).inputs["ends"] is None
    assert line(measured(of("0", "12 by 2021"), without_end, y2018=3)) == (
        "behind", "linear", 0.25, 0.5,
    )  # fmt: skip
    assert measured(of("0", "2 per year"), without_end, y2016=2).inputs["periods_wanted"] is None
    assert measured(of("0", "2 per year by 2018"), without_end, y2016=2).inputs["periods_wanted"] == 3
    over = progress(of("0", "9", counting="by-period"), seen(y2015_W53=2), without_end)
    assert (over.code, over.reason) == (
        "period-mismatch", "Values add up, and that of 2015-W53 begins before 2016-01-01.",
    )  # fmt: skip


def test_compound_growth_is_the_same_rate_every_year():
    found = measured(of("100", "1000", growth="compound"), y2018=Decimal("316.227766"))

    assert line(found) == ("on-track", "compound", 0.5, 0.5)
    assert found.inputs["required_rate"] == pytest.approx(10 ** (1 / 6) - 1, abs=1e-3)
    assert found.inputs["actual_rate"] == pytest.approx(found.inputs["required_rate"], abs=1e-3)


def test_compound_decline_has_a_rate_as_well():
    found = measured(of("100", "10", growth="compound", direction="down"), y2018=50)

    assert line(found) == ("behind", "compound", 0.30103, 0.5)
    assert isinstance(found.inputs["actual_rate"], float)
    assert found.inputs["actual_rate"] < 0


@pytest.mark.parametrize(
    ("baseline", "target", "latest", "code"),
    [
        ("0", "10", 5, "zero-under-compound"),
        ("10", "0", 5, "zero-under-compound"),
        ("10", "20", 0, "zero-under-compound"),
        ("-5", "10", 5, "negative-under-compound"),
        ("5", "10", -1, "negative-under-compound"),
    ],
)
def test_no_rate_leads_to_or_from_zero_and_below(baseline: str, target: str, latest: int, code: str):
    direction = "down" if target == "0" else "up"
    found = measured(of(baseline, target, growth="compound", direction=direction), y2018=latest)

    assert (found.status, found.code) == ("not-computable", code)


def test_milestones_say_what_is_due_when():
    targets = "10 by 2017; 15 by 2019; 40 by 2021"

    assert line(measured(of("0", targets), y2017=10)) == ("on-track", "milestone", 0.25, 0.25)
    assert line(measured(of("0", targets), y2019=8)) == ("behind", "milestone", 0.2, 0.375)
    assert line(measured(of("0", targets), y2021=40)) == ("achieved", "milestone", 1.0, 1.0)


@pytest.mark.parametrize("targets", ["1; TBD", "10; 20", "10 by 2018; 20 by 2018", "10 by 2018; 20"])
def test_several_targets_need_a_date_each(targets: str):
    found = measured(of("0", targets), y2018=3)

    assert (found.status, found.code) == ("not-computable", "several-targets")
    assert found.inputs["target"] == targets


def test_so_many_more_by_several_dates_are_milestones_from_the_baseline_on():
    targets = "5 additional by 2018; 10 additional by 2021"

    assert line(measured(of("10", targets), y2018=15)) == ("on-track", "milestone", 0.5, 0.5)
    assert line(measured(of("10", targets, direction="down"), y2018=7)) == (
        "behind", "milestone", 0.3, 0.5,
    )  # fmt: skip
    assert line(measured(of("10", "12 by 2018; 10 more by 2021"), y2018=12)) == (
        "on-track", "milestone", 0.2, 0.2,
    )  # fmt: skip
    assert measured(of("10", "10 additional by 2018; 5 additional by 2021"), y2018=15).code == (
        "against-direction"
    )
    assert measured(of("TBD", targets), y2018=15).code == "baseline-tbd"


def test_values_that_add_up_have_milestones_too():
    totals = of("10", "20 by 2018; 50 by 2021", counting="by-period")
    more = of("TBD", "4 more by 2018; 16 more by 2021", counting="by-period", direction=None)
    mixed = of("10", "10 more by 2018; 50 by 2021", counting="by-period")

    assert line(measured(totals, y2016=4, y2018=6)) == ("on-track", "milestone", 0.25, 0.25)
    assert line(measured(more, y2016=1, y2018=1)) == ("behind", "milestone", 0.125, 0.25)
    assert line(measured(mixed, y2016=4, y2018=6)) == ("on-track", "milestone", 0.25, 0.25)
    assert measured(totals, y2016=4, y2018=6).inputs["total"] == 20
    assert measured(more, y2016=1, y2021=15).status == "achieved"
    assert measured(totals, y2018=2, y2018_Q1=1).code == "overlapping-periods"


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (of("0", "1 per year by 2018; 2 per year by 2021"), "several-targets"),
        (of("No", "No by 2018; Yes by 2021", kind="yes-no"), "several-targets"),
        (of("1 (2014); 2 (2015)", "12"), "several-baselines"),
    ],
)
def test_of_several_that_have_dates_it_is_not_said_that_nothing_says_when(definition: Definition, code: str):
    found = measured(definition, y2018="no")

    assert found.code == code
    assert "each with its date" in found.reason
    same_day = measured(of("0", "10 by 2018; 20 by 2018-12"), y2018=3)
    assert "nothing says which is meant when" in same_day.reason


def test_a_baseline_that_is_printed_twice_with_its_date_has_it():
    once, twice = (measured(of(text, "20"), y2018=15) for text in ("10 (2017)", "10 (2017); 10 (2017)"))

    assert line(twice) == line(once) == ("on-track", "linear", 0.5, 0.249829)
    assert twice.inputs["starts"] == date(2018, 1, 1)


def test_a_target_may_be_so_many_more_than_the_baseline():
    found = measured(of("3 countries", "2 additional countries"), y2018=4)

    assert line(found) == ("on-track", "incremental", 0.5, 0.5)
    assert measured(of("3", "2 more"), y2018=2).status == "regressed"


def test_so_many_more_need_no_baseline_where_values_add_up():
    found = measured(of("TBD", "4 additional countries", counting="by-period"), y2016=1, y2017=1, y2018=1)

    assert line(found) == ("on-track", "incremental", 0.75, 0.5)
    assert found.inputs["total"] == 3


def test_counts_of_periods_add_up_from_the_baseline():
    found = measured(of("1", "5", counting="by-period"), y2016=1, y2017=0, y2018=1)

    assert line(found) == ("on-track", "count", 0.5, 0.5)
    assert (found.inputs["total"], found.inputs["latest"]) == (3, 1)


@pytest.mark.parametrize(
    ("baseline", "target", "total", "value"),
    [
        ("5 (2014)", "25", 25, 1.0),
        ("0 (2014)", "15 by 2018; 25 by 2021", 20, 0.8),
        ("5 (2014)", "5 additional by 2018", 20, 4.0),
        ("5 (2014)", "5 more by 2018; 10 more by 2019", 20, 2.0),
        ("5", "25", 120, 5.75),
    ],
)
def test_sums_begin_after_the_day_of_a_baseline_that_has_one(
    baseline: str, target: str, total: int, value: float
):
    counted = of(baseline, target, counting="by-period")

    found = measured(counted, during=None, y2010=90, y2014=5, y2016=10, y2018=10)

    assert (found.inputs["total"], share(found.value)) == (total, value)


def test_values_before_the_day_of_the_baseline_may_overlap_as_they_are_not_added():
    found = measured(of("5 (2014)", "25", counting="by-period"), during=None, y2014=5, y2014_Q1=2, y2016=10)

    assert (found.status, found.inputs["total"]) == ("under-way", 15)


def test_nothing_since_the_day_of_the_baseline_is_the_baseline_still():
    found = measured(of("5 (2018)", "25", counting="by-period"), y2017=5)

    assert (found.status, found.inputs["total"]) == ("no-change", 5)


def test_counts_of_periods_that_overlap_cannot_be_added():
    found = measured(of("0", "5", counting="by-period"), y2018=2, y2018_Q1=1)

    assert (found.status, found.code) == ("not-computable", "overlapping-periods")


@pytest.mark.parametrize(
    ("values", "status", "value", "met"),
    [
        ({"y2016": 1, "y2017": 2}, "on-track", 1.0, 2),
        ({"y2016": 2, "y2017": 0}, "behind", 0.5, 1),
        ({"y2016": 0, "y2017": 0, "y2018": 1}, "off-track", 0.333333, 1),
        ({f"y{year}": 1 for year in range(2016, 2022)}, "achieved", 1.0, 6),
        ({"y2016_S1": 0, "y2016_S2": 1, "y2017_S1": 0}, "on-track", 1.0, 1),
    ],
)
def test_what_each_year_should_bring_is_counted_year_by_year(
    values: dict[str, object], status: str, value: float, met: int
):
    found = measured(of("0", "1 per year"), **values)

    assert line(found) == (status, "per-period", value, 1.0)
    assert (found.inputs["periods_met"], found.inputs["periods_wanted"]) == (met, 6)


def test_what_is_longer_than_a_year_says_nothing_of_each_year():
    assert (
        progress(of("0", "1 per year"), [Observed(periods.read("2016/P2Y"), Decimal(2))], PLAN).code
        == "period-mismatch"
    )
    assert measured(of("0", "1 per year"), y2016_Q1=0).code == "no-observation"


def test_an_ordinal_indicator_goes_by_the_steps_of_its_own_scale():
    scored = of("Gender blind", "Transformative", kind="ordinal", levels=SCALE)

    assert line(measured(scored, y2018="Gender aware")) == ("on-track", "ordinal", 0.666667, 0.5)
    assert line(measured(scored, y2018=1)) == ("behind", "ordinal", 0.333333, 0.5)
    assert measured(scored, y2018="N/A").code == "not-on-scale"
    assert measured(of("Low", "3", kind="ordinal", levels=SCALE), y2018=1).code == "not-on-scale"
    assert measured(of("0", "3", kind="ordinal"), y2018=1).code == "no-scale"


def test_what_is_done_or_not_is_never_half_done():
    wanted = of("No", "Yes", kind="yes-no", direction=None)

    assert line(measured(wanted, y2018="yes")) == ("achieved", "yes-no", 1.0, None)
    assert line(measured(wanted, y2018="no")) == ("no-change", "yes-no", 0.0, None)
    assert line(measured(wanted, y2021="no")) == ("off-track", "yes-no", 0.0, 1.0)
    assert measured(wanted, y2018="perhaps").code == "not-yes-or-no"
    assert measured(of("Yes", "Yes", kind="yes-no"), y2018="no").code == "baseline-is-target"


def test_levels_and_answers_may_say_when_as_numbers_may():
    level = of("0 (2014)", "Transformative by 2017", kind="ordinal", levels=SCALE)
    answer = of("No (2015)", "Yes by 2018", kind="yes-no")

    assert line(measured(level, y2016="Gender aware")) == ("on-track", "ordinal", 0.666667, 0.666971)
    assert measured(level, y2017="Transformative").status == "achieved"
    assert measured(level, y2017="Gender blind").inputs["ends"] == date(2017, 12, 31)
    assert line(measured(answer, y2017="no")) == ("no-change", "yes-no", 0.0, None)
    assert line(measured(answer, y2018="no")) == ("off-track", "yes-no", 0.0, 1.0)
    assert line(measured(answer, y2018="yes")) == ("achieved", "yes-no", 1.0, 1.0)
    assert measured(of("No", "Perhaps by 2018", kind="yes-no"), y2018="no").code == "not-yes-or-no"


def test_a_level_that_has_a_year_in_its_name_is_that_level():
    named = [("0", "None"), ("1", "Law (1998)"), ("2", "Law (2013)")]

    assert measured(of("None", "Law (2013)", kind="ordinal", levels=named), y2018=1).value == Fraction(1, 2)


def test_levels_by_several_dates_are_milestones_of_the_scale():
    steps = of("0", "1 by 2018; 3 by 2021", kind="ordinal", levels=SCALE)

    assert line(measured(steps, y2018="Gender neutral")) == ("on-track", "ordinal", 0.333333, 0.333333)
    assert line(measured(steps, y2018="Gender blind"))[0] == "no-change"
    assert measured(of("0", "1; 3", kind="ordinal", levels=SCALE), y2018=1).code == "several-targets"


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (of("0", ""), "no-target"),
        (of("0", "TBD"), "target-tbd"),
        (of("0", "Series of recommendations adopted"), "target-text"),
        (of("", "12"), "no-baseline"),
        (of("TBD", "12"), "baseline-tbd"),
        (of("A few", "12"), "baseline-text"),
        (of("1; 2", "12"), "several-baselines"),
        (of("12", "12"), "baseline-is-target"),
        (of("0", "12", direction=None), "no-direction"),
        (of("20", "12"), "against-direction"),
        (of("0", "12", direction="down"), "against-direction"),
        (of("US$ 5", "12 EUR"), "unit-mismatch"),
        (of("3 countries", "12 workshops"), "unit-mismatch"),
        (of("3", "0 additional countries"), "no-increment"),
        (of("0", "12", kind="text"), "text-indicator"),
    ],
)
def test_what_cannot_be_computed_says_why_and_what_is_known(definition: Definition, code: str):
    found = measured(definition, y2018=3)

    assert (found.status, found.code, found.value) == ("not-computable", code, None)
    assert found.reason.endswith(".")
    assert found.inputs["latest"] == 3


def test_nothing_observed_is_not_zero():
    found = measured(of("0", "12"))

    assert (found.status, found.code, found.inputs["latest"]) == ("not-computable", "no-observation", None)


def test_text_where_a_number_is_counted_is_no_progress():
    found = measured(of("0", "12"), y2018="Gender aware")

    assert (found.code, found.inputs["latest"]) == ("value-not-a-number", "Gender aware")


def test_a_baseline_that_is_the_target_says_whether_it_still_holds():
    assert "meets it" in measured(of("12", "12"), y2018=12).reason
    assert "misses it" in measured(of("12", "12"), y2018=11).reason


def test_a_value_that_the_cell_prints_twice_is_one():
    assert measured(of("0; 0", "12"), y2018=6).status == "on-track"


FIGURES = st.integers(-1_000, 1_000)


@given(FIGURES, FIGURES, FIGURES, st.sampled_from(["up", "down"]))
def test_a_target_is_met_exactly_when_all_of_the_way_is_made(
    baseline: int, target: int, latest: int, direction: str
):
    found = measured(of(str(baseline), str(target), direction=direction), y2018=latest)

    if (target - baseline) * (1 if direction == "up" else -1) > 0:
        assert found.value is not None
        assert found.met is (found.value >= 1)
        assert (found.status == "achieved") is found.met
        assert (found.status == "regressed") is (found.value < 0)
    else:
        assert found.status == "not-computable"


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(["number", "ordinal", "yes-no", "text"]))
def test_whatever_is_printed_there_is_an_answer(baseline: str, target: str, kind: str):
    found = measured(of(baseline, target, kind=kind, levels=SCALE), y2018=3)

    assert (found.status == "not-computable") is (found.code is not None)
    assert found.reason
