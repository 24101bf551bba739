"""Progress always has an answer, and a true one: at the edges of dates, numbers, scales and periods."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.indicators import periods
from domain.indicators.measuring.case import Definition, Observed, Progress
from domain.indicators.measuring.methods import percent
from domain.indicators.measuring.progress import progress, share
from domain.indicators.periods import Period
from domain.indicators.printed import Stated, read_cell
from domain.progress import rules
from domain.progress.rules import Measured
from schemas.progress import AgreedTermsDraft, Obstacle, ProgressInputs, Status
from tests.indicators.test_progress import PLAN, SCALE, line, measured, of

LEFT_OUT = [("not-applicable", "Not applicable")]
NEAR = st.sampled_from(
    [
        periods.read(name)
        for name in ("2015", "2016", "2016-01-01", "2017", "2018", "2018-Q1", "2018-Q2", "2021", "2016/P9Y")
    ]
)
NUMBERS = ("0", "1", "2", "3", "-1", "10", "1.5", "1e238", "1e-238", "5e-324", "1e308")
EDGES = st.sampled_from([Decimal(number) for number in NUMBERS])
TEXTS = st.sampled_from(["Gender blind", "Gender aware", "3", "not-applicable", "yes", "no", "perhaps", ""])
FORMS: Mapping[str, Mapping[str, Any]] = {
    "linear": {},
    "compound": {"growth": "compound"},
    "count": {"counting": "by-period"},
    "incremental": {"increment": True},
    "incremental by period": {"increment": True, "counting": "by-period"},
    "per-period": {"per": "year"},
    "milestone": {"targets": 2},
    "ordinal": {"kind": "ordinal", "levels": SCALE, "left_out": LEFT_OUT},
    "yes-no": {"kind": "yes-no"},
    "text": {"kind": "text"},
}


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """From which progress can be computed, as far as numbers, dates and texts allow it."""
    facts = dict(draw(st.sampled_from(list(FORMS.values()))))
    increment, per, targets = facts.pop("increment", False), facts.pop("per", None), facts.pop("targets", 1)
    by_when = NEAR if targets > 1 else st.none() | NEAR
    kind = st.just("increment" if increment else "number")
    aim = st.builds(Stated, TEXTS, kind, EDGES, period=by_when, per=st.just(per))
    facts["baselines"] = [draw(st.builds(Stated, TEXTS, st.just("number"), EDGES, period=st.none() | NEAR))]
    facts["targets"] = draw(st.lists(aim, min_size=targets, max_size=targets))
    return Definition(**({"kind": "number", "direction": draw(st.sampled_from(["up", "down"]))} | facts))


@settings(max_examples=500, deadline=None)
@given(
    definitions(),
    st.lists(st.builds(Observed, NEAR, EDGES | st.none(), TEXTS), max_size=3),
    st.sampled_from([None, PLAN, periods.read("2018")]),
)
def test_whatever_is_stated_and_observed_there_is_an_answer_that_can_be_written(
    definition: Definition, values: list[Observed], during: Period | None
):
    must_be_an_answer(progress(definition, values, during))


def must_be_an_answer(found: Progress) -> None:
    shown = rules.shown(found)
    assert found.status in get_args(Status)
    assert (
        (found.status == "not-computable") is (found.code in get_args(Obstacle)) is (found.code is not None)
    )
    assert found.expected is None or 0 <= found.expected <= 1
    assert (found.status == "achieved") <= (found.met is not False)
    json.dumps(shown | {"inputs": shown["inputs"].model_dump(mode="json")}, allow_nan=False)


def test_a_baseline_of_the_day_on_which_the_target_falls_due_says_nothing_of_what_is_due_before():
    plan = Period(date(2018, 1, 1), date(2018, 12, 31))

    within = measured(of("10 (2018)", "20"), plan, y2018_Q1=15)
    over = measured(of("10 (2018)", "20"), plan, y2018=15)

    assert (line(within), within.inputs["starts"]) == (("under-way", "linear", 0.5, None), None)
    assert line(over) == ("behind", "linear", 0.5, 1.0)


def test_a_baseline_later_than_the_target_says_nothing_of_what_is_due_before():
    found = measured(of("10 (2021)", "20 by 2018"), None, y2017=15)

    assert line(found) == ("under-way", "linear", 0.5, None)


def test_milestones_that_fell_due_before_the_baseline_are_past():
    targets = "5 by 2016; 9 by 2017; 20 by 2021"

    assert line(measured(of("10 (2018)", targets), None, y2018_Q1=11))[3] == 0.0
    assert line(measured(of("10 (2018)", "10 by 2017; 20 by 2021"), None, y2020=15))[3] == pytest.approx(
        2 / 3, abs=1e-3
    )


@pytest.mark.parametrize(
    ("baseline", "targets"), [("0", "8 by 2017; 2 by 2021"), ("5", "3 by 2017; 8 by 2021")]
)
def test_milestones_lead_one_way_only(baseline: str, targets: str):
    found = measured(of(baseline, targets), y2018=4)

    assert (found.status, found.code) == ("not-computable", "against-direction")


@pytest.mark.parametrize(
    ("observed", "rate"), [("2016-01-01", None), ("2016-06-30", None), ("2016", 9.0), ("2017", 2.162278)]
)
def test_growth_in_less_than_a_year_has_no_rate(observed: str, rate: float | None):
    definition = of("10 (2015)", "100 by 2025", growth="compound")

    found = progress(definition, [Observed(periods.read(observed), Decimal(100))])

    assert (found.status, found.inputs["actual_rate"]) == ("achieved", rate)


def test_rates_are_of_calendar_years_as_anybody_reckons_them():
    found = measured(of("100 (2015)", "200 by 2025", growth="compound"), None, y2020=150)

    assert found.inputs["required_rate"] == round(2 ** (1 / 10) - 1, 6) == 0.071773
    assert found.inputs["actual_rate"] == round(1.5 ** (1 / 5) - 1, 6)


@given(st.integers(1, 80), st.dates(date(1900, 1, 1), date(2050, 12, 31)))
@example(1, date(1999, 2, 28))
def test_so_many_calendar_years_have_the_rate_of_as_many_years(years: int, first: date):
    try:
        last = first.replace(year=first.year + years)
    except ValueError:
        return  # 29 February
    between = f"{first}/{last}"
    definition = Definition(
        "number",
        "up",
        "compound",
        baselines=[Stated("1", "number", Decimal(1), period=Period(first, first))],
        targets=[Stated(between, "number", Decimal(3), period=Period(last, last))],
    )

    found = progress(definition, [Observed(Period(last, last), Decimal(3))])

    assert found.inputs["required_rate"] == pytest.approx(3 ** (1 / years) - 1, abs=2e-6)


def test_numbers_that_differ_in_the_last_digit_only_have_different_logarithms():
    close = f"1.{'0' * 39}1"

    found = measured(of("1", close, growth="compound"), y2018=1)

    assert line(found)[:3] == ("no-change", "compound", 0.0)
    assert (
        progress(of("1", "2", growth="compound"), [Observed(PLAN, Decimal(f"1.{'9' * 40}"))], PLAN).met
        is False
    )


def test_a_share_beyond_what_a_number_holds_is_not_shown():
    assert share(Fraction(10) ** 400) is None
    assert share(Fraction(-10) ** 401) is None
    assert percent(Fraction(10) ** 400) == "more than 1,000,000,000 %"


@pytest.mark.parametrize(("latest", "value"), [(9_996, 0.9996), (9_999.9999999, 0.999999), (10_000, 1.0)])
def test_what_is_short_of_the_target_is_never_shown_as_all_of_it(latest: float, value: float):
    found = measured(of("0", "10000"), y2021=latest)

    assert share(found.value) == value
    assert found.met is (value == 1)
    assert found.reason.startswith("100 %") is (value == 1)


def test_almost_and_hardly_are_said_in_words():
    assert measured(of("0", "10000"), y2021=9_996).reason == (
        "Almost 100 % of the way to the target was made; 100 % was due by then."
    )
    assert measured(of("0", "10000"), y2021=1).reason.startswith("Less than 0.1 % of the way")
    assert measured(of("0", "10000"), y2021=10_001).reason.startswith("More than 100 % of the way")
    assert share(Fraction(-1, 10**9)) == -0.000001


@given(st.fractions())
def test_what_is_shown_is_on_the_same_side_of_nothing_and_of_all(value: Fraction):
    shown = share(value)

    assert shown is not None
    assert [(shown > at) - (shown < at) for at in (0, 1)] == [(value > at) - (value < at) for at in (0, 1)]


def scored(baseline: str = "Gender blind", target: str = "Transformative") -> Definition:
    return of(baseline, target, kind="ordinal", levels=SCALE, left_out=LEFT_OUT)


def test_a_level_that_is_no_step_is_left_out_as_missing_values_are():
    found = measured(scored(), y2017="Gender aware", y2018="not-applicable")

    assert line(found)[:3] == ("on-track", "ordinal", 0.666667)
    assert (found.inputs["latest_period"], found.inputs["observations"]) == ("2017", 1)


def test_what_does_not_apply_has_no_progress():
    assert measured(scored(), y2018="Not applicable").code == "not-applicable"
    assert measured(scored(baseline="not-applicable"), y2018="1").code == "not-applicable"
    assert measured(scored(target="not-applicable"), y2018="1").code == "not-applicable"
    assert measured(scored()).code == "no-observation"


@pytest.mark.parametrize("outside", ["2015-01-01/P5Y", "2021-06-01/P2Y"])
@pytest.mark.parametrize("target", ["100", "100 more", "100 per year"])
def test_values_that_add_up_and_reach_over_the_edge_of_the_period_are_not_counted(outside: str, target: str):
    found = progress(
        of("0", target, counting="by-period"), [Observed(periods.read(outside), Decimal(120))], PLAN
    )

    assert (found.status, found.code) == ("not-computable", "period-mismatch")
    assert "reaches over the edge" in found.reason


def test_a_year_of_which_a_part_was_not_observed_says_nothing():
    target = of("0", "4 per year")

    gap = measured(target, y2016_Q1=2, y2016_Q4=1)
    whole = measured(target, y2016_Q1=2, y2016_Q4=1, y2016_Q2=0, y2016_Q3=0, y2017_Q4=9)

    assert (gap.code, gap.reason) == ("no-observation", "No whole year was observed.")
    assert (whole.status, whole.inputs["periods_observed"], whole.inputs["periods_met"]) == (
        "off-track",
        1,
        0,
    )


def test_of_what_is_wanted_each_year_those_count_that_lie_in_the_period():
    plan = Period(date(2016, 4, 1), date(2020, 3, 31))

    found = measured(of("0", "1 per year"), plan, y2017=1, y2018=1, y2019=1, y2020_Q1=0)

    assert (found.status, found.inputs["periods_wanted"]) == ("achieved", 3)


def test_a_target_of_each_year_is_not_on_track_when_the_time_is_over():
    target = of("0", "4 per year by 2018")

    some = measured(target, y2018=4)
    all_of_them = measured(target, y2016=4, y2017=4, y2018=4, y2019=0)

    assert (some.status, some.inputs["periods_wanted"]) == ("behind", 3)
    assert some.reason == (
        "1 of 1 year observed met the target of 4 per year by 2018; the time is over, and 2 years of it"
        " were not observed."
    )
    assert all_of_them.status == "achieved"
    assert measured(target, y2017=4).status == "on-track"
    assert measured(target, y2016=0, y2017=0, y2018=4).status == "off-track"


def test_a_year_that_is_no_calendar_year_lies_in_two():
    values = [Observed(periods.read("2016-04-01/P1Y"), Decimal(2))]

    found = progress(of("0", "1 per year"), values, PLAN)

    assert found.reason == "The target is per year, and 2016-04-01/P1Y does not lie within one year."


def test_a_target_that_is_open_twice_is_open():
    assert measured(of("0", "TBD; TBD"), y2018=1).code == "target-tbd"


YEAR = periods.read("2018")


def by_sex(**parts: Any) -> list[Observed]:
    values = [
        Measured({"SEX": code}, YEAR, Decimal(number), None, *about)
        for code, (number, *about) in parts.items()
    ]
    return rules.totals(values, additive=True)


def test_who_is_counted_as_neither_is_part_of_the_total():
    assert by_sex(F=(3,), M=(2,)) == [Observed(YEAR, Decimal(5))]
    assert by_sex(F=(3,), M=(2,), _U=(4,), _O=(1,), _X=(1,)) == [Observed(YEAR, Decimal(11))]
    assert by_sex(F=(3,), M=(2,), _Z=(4,)) == [Observed(YEAR, Decimal(5))]
    assert by_sex(F=(3,), _U=(4,)) == []


def test_a_total_that_parts_make_is_a_proxy_if_one_of_them_is_and_has_the_status_of_the_less_sure():
    assert by_sex(F=(3, "A", True), M=(2, "E", False)) == [Observed(YEAR, Decimal(5), None, "E", True)]


def test_a_total_of_parts_has_all_of_their_digits():
    many = Decimal(10**39 + 1)

    assert by_sex(F=(many,), M=(Decimal("0.1"),))[0].number == Decimal(f"{10**39 + 1}.1")


def test_it_is_told_of_the_latest_value_how_sure_it_is():
    values = [Observed(YEAR, Decimal(3), status="E", proxy=True)]
    found: Mapping[str, object] = progress(of("0", "12"), values, PLAN).inputs

    assert ProgressInputs.model_validate(dict(found)).latest_status == "E"
    assert found["latest_proxy"] is True


def test_more_digits_than_observed_values_may_have_are_no_number():
    [short, long] = read_cell(f"{'9' * 40}.{'9' * 40}; 0.{'0' * 300}1").values

    assert short.number == Decimal(f"{'9' * 40}.{'9' * 40}")
    assert (long.kind, long.number) == ("text", None)


@pytest.mark.parametrize(
    ("definition", "target", "readable"),
    [
        (of(kind="ordinal", levels=SCALE), "Gender aware by 2018; 3 by 2021", True),
        (of(kind="ordinal", levels=SCALE), "Gender awake by 2018", False),
        (of(kind="yes-no"), "Yes (2018)", True),
        (of(kind="yes-no"), "Perhaps by 2018", False),
    ],
)
def test_terms_for_levels_and_answers_may_say_when(definition: Definition, target: str, readable: bool):
    terms = AgreedTermsDraft(target=target)

    if readable:
        rules.must_be_readable(definition, terms)
    else:
        with pytest.raises(Invalid):
            rules.must_be_readable(definition, terms)
