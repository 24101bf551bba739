"""An indicator over time: what is a gap, what is a total, which targets are a line."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.indicators import periods, printed
from domain.indicators.codes import BUILT_IN
from domain.indicators.measuring.case import Definition, Observed
from domain.indicators.measuring.progress import progress
from domain.progress.rules import Measured
from domain.progress.trends import Asked, trend
from schemas.charts import Chart

SEX = BUILT_IN["SEX"]


def value(period: str, said: float | str | None, **breakdown: str) -> Measured:
    text = said if isinstance(said, str) else None
    number = None if text is not None or said is None else Decimal(str(said))
    return Measured(breakdown, periods.read(period), number, text)


def counted(target: str = "", baseline: str = "", **changes: object) -> Definition:
    facts = {
        "kind": "number",
        "direction": "up",
        "unit": "people",
        "targets": printed.read_cell(target).values,
        "baselines": printed.read_cell(baseline).values,
    }
    return Definition(**(facts | changes))


def shown(*values: Measured, of: Definition | None = None, by: bool = False, additive: bool = True) -> Chart:
    asked = Asked({"en": "People trained"}, "Croatia", "en", "/v1/x", SEX if by else None)
    return trend(of or counted(), values, asked, additive=additive)


def series(found: Chart) -> dict[str, list[float | None]]:
    return {one.key: one.values for one in found.series}


def names(found: Chart) -> list[str]:
    return [one.key for one in found.categories]


def test_years_in_between_are_gaps():
    found = shown(value("2018", 1), value("2021", 4), value("2020", None))

    assert names(found) == ["2018", "2019", "2020", "2021"]
    assert series(found) == {"_T": [1, None, None, 4]}
    assert found.notes == ["Gaps: no value for 2019, 2020."]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2020-Q1", "2020-Q3", ["2020-Q1", "2020-Q2", "2020-Q3"]),
        ("2020-11", "2021-01", ["2020-11", "2020-12", "2021-01"]),
        ("2018-04-01/P1Y", "2020-04-01/P1Y", ["2018-04-01/P1Y", "2019-04-01/P1Y", "2020-04-01/P1Y"]),
        ("2010/P3Y", "2016", ["2010-01-01/P3Y", "2013-01-01/P3Y", "2016"]),
        ("2018-04-01/P1Y", "2019", ["2018-04-01/P1Y", "2019"]),
        ("2199", "2200", ["2199", "2200"]),
        ("2015-W52", "2016-W01", ["2015-W52", "2015-W53", "2016-W01"]),
        ("2010/P2Y", "2014/P2Y", ["2010-01-01/P2Y", "2012-01-01/P2Y", "2014-01-01/P2Y"]),
        ("2000/P5Y", "2010/P5Y", ["2000-01-01/P5Y", "2005-01-01/P5Y", "2010-01-01/P5Y"]),
        ("2010/P2Y", "2011/P2Y", ["2010-01-01/P2Y", "2011-01-01/P2Y"]),
        ("2000/P5Y", "2006/P5Y", ["2000-01-01/P5Y", "2005", "2006-01-01/P5Y"]),
        ("2014-04-01/P1Y", "2016", ["2014-04-01/P1Y", "2015-04-01/P9M", "2016"]),
        ("2015", "2017-Q1", ["2015", "2016", "2017-Q1"]),
        ("2015", "2016-Q1", ["2015", "2016-Q1"]),
        ("2010-12-31", "2012-12-31", ["2010-12-31", "2012-12-31"]),
        ("2014-12-31", "2016", ["2014-12-31", "2016"]),
    ],
)
def test_what_lies_between_two_periods_is_there_but_nothing_between_two_days(
    first: str, last: str, expected: list[str]
):
    assert names(shown(value(first, 1), value(last, 2))) == expected


def test_values_as_of_a_day_are_joined_and_have_no_gaps():
    ends = [f"{year}-12-31" for year in range(1500, 2200)]

    found = shown(*(value(day, 1) for day in ends), of=counted("75 by 2200"))

    assert (names(found), found.notes) == (ends, [])


def test_days_that_follow_each_other_are_periods_with_gaps():
    found = shown(*(value(day, 1) for day in ("2020-02-27", "2020-02-28", "2020-03-01")))

    assert found.notes == ["Gaps: no value for 2020-02-29."]


def test_where_too_many_periods_have_no_value_a_gap_is_one():
    months = [f"{year}-{month:02}" for year in (1955, 2010, 2011) for month in range(1, 13)]
    per_month = counted("4 per month")

    found = shown(*(value(month, 3) for month in months if month != "2010-05"), of=per_month)

    assert names(found)[10:14] == ["1955-11", "1955-12", "1956-01-01/P54Y", "2010-01"]
    assert series(found)["_T"][11:14] == [3, None, 3]
    assert found.notes == ["Gaps: no value for 1956-01-01/P54Y, 2010-05."]
    assert set(series(found)["target"]) == {4}


DAYS = st.dates(date(1960, 1, 1), date(2030, 12, 31))
FORMS = ["{:%Y}", "{:%Y-%m}", "{:%G-W%V}", "{:%Y-%m-%d}/P3Y", "{:%Y-%m}/P5M", "{:%Y-%m-%d}/P10D"]


@given(
    st.one_of(
        *(st.sets(DAYS.map(form.format), min_size=2, max_size=6) for form in FORMS),
        st.sets(st.builds(str.format, st.sampled_from(FORMS), DAYS), min_size=2, max_size=6),
    )
)
def test_periods_that_are_joined_by_a_line_leave_nothing_out_between_them(observed: set[str]):
    found = shown(*(value(period, 1) for period in observed))

    drawn = [periods.read(name) for name in names(found)]
    assert {one.name for one in map(periods.read, observed)} <= set(names(found))
    for before, after in pairwise(drawn):
        assert after.starts <= before.ends + timedelta(days=1)


def test_women_and_men_are_lines_and_make_the_total_where_counts_add_up():
    both = [value("2018", 3, SEX="F"), value("2018", 2, SEX="M"), value("2019", 7, SEX="F")]

    counts, rates = shown(*both, by=True), shown(*both, by=True, additive=False)

    assert [(one.key, one.label) for one in counts.series] == [("_T", "Total"), ("F", "Women"), ("M", "Men")]
    assert series(counts) == {"F": [3, 7], "M": [2, None], "_T": [5, None]}
    assert series(rates).keys() == {"F", "M"}


def test_a_total_that_was_observed_stands_whatever_the_parts_make():
    found = shown(value("2018", 3, SEX="F"), value("2018", 2, SEX="M"), value("2018", 9), by=True)

    assert series(found)["_T"] == [9]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("75", [75, 75]),
        ("At least 75 people trained", [75, 75]),
        ("US$ 237,000", [237_000, 237_000]),
        ("4 meetings per year", [4, 4]),
        ("4 meetings per quarter", None),
        ("2 additional countries", [12, 12]),
        ("0 additional countries", None),
        ("US$ 4 per year", [4, 4]),
        ("US$ 1,000 per quarter", None),
        ("2 additional per year", [2, 2]),
        ("30 % per month", None),
        ("2 more by 2018; 5 more by 2019", [12, 15]),
        ("TBD", None),
        ("Gender aware", None),
        ("75; 80", None),
        ("75 by 2018; TBD", None),
        ("12 by 2018; 20 by 2018", None),
        ("12 by 2018; 12 by 2018", [12, 12]),
    ],
)
def test_a_target_is_a_line_where_it_says_what_a_value_is_to_be(target: str, expected: list[float] | None):
    found = shown(value("2018", 1), value("2019", 2), of=counted(target, "10"))

    assert series(found).get("target") == expected
    assert ("The target cannot be drawn as a line." in found.notes) is (expected is None)
    assert f"Target as stated: {target}." in found.description


def test_a_target_of_each_country_is_no_line_among_values_of_several_countries():
    of_each = "At least two political parties in each country"

    assert "target" not in series(shown(value("2018", 1), of=counted(of_each, joint=True)))
    assert series(shown(value("2018", 1), of=counted(of_each)))["target"] == [2]


def test_targets_with_dates_hold_until_their_dates_and_the_years_until_then_are_shown():
    found = shown(value("2018", 1), value("2019", 2), of=counted("10 by 2018; 40 by 2021"))

    assert names(found) == ["2018", "2019", "2020", "2021"]
    assert series(found)["target"] == [10, 40, 40, 40]
    assert found.notes == []


def test_a_target_per_year_is_a_line_among_calendar_years_only():
    fiscal = value("2015-07-01/P1Y", 2)

    assert "target" not in series(shown(fiscal, of=counted("2 per year")))
    assert series(shown(fiscal, of=counted("2")))["target"] == [2]


def test_the_target_of_values_that_add_up_is_no_level_of_single_ones():
    found = shown(value("2018", 1), of=counted("75", counting="by-period"))

    assert "target" not in series(found)


@pytest.mark.parametrize("baseline", ["TBD", "", "3; 4", "3 workshops"])
def test_an_increment_needs_one_baseline(baseline: str):
    assert "target" not in series(shown(value("2018", 1), of=counted("2 additional countries", baseline)))


def test_an_increment_leads_where_it_is_better_and_nowhere_without_a_direction():
    fewer, unsaid = (counted("20 more", "100", direction=way) for way in ("down", None))

    assert series(shown(value("2018", 90), of=fewer))["target"] == [80]
    assert "target" not in series(shown(value("2018", 90), of=unsaid))


AMOUNTS = st.integers(-50, 50).map(str)
TARGETS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "US$", "at least "]),
    st.integers(0, 50),
    st.sampled_from(["", " %", " more", " in each country"]),
    st.sampled_from(["", " per year", " per quarter", " by 2019"]),
)


@given(
    TARGETS,
    AMOUNTS,
    st.sampled_from(["up", "down"]),
    st.sampled_from([None, "by-period"]),
    st.booleans(),
    st.sampled_from(["2018", "2018-Q4", "2018-03-05"]),
)
def test_a_value_on_the_line_of_the_target_meets_it(
    target: str, baseline: str, direction: str, counting: str | None, joint: bool, period: str
):
    of = counted(target, baseline, direction=direction, counting=counting, joint=joint)
    drawn = series(shown(value(period, 1), of=of)).get("target")
    if drawn is None:
        return

    observed = Observed(periods.read(period), Decimal(str(drawn[0])))
    found = progress(of, [observed])

    assert found.met or found.code in ("baseline-is-target", "against-direction")


def test_values_below_zero_and_percentages_above_a_hundred_are_as_they_are():
    found = shown(value("2018", -12.5), value("2019", 140), of=counted(unit="per cent"))

    assert series(found) == {"_T": [-12.5, 140]}
    assert (found.value_axis.unit, found.empty) == ("%", None)
    assert "from \u221212.5\u00a0% (2018) to 140\u00a0% (2019)" in found.description


def test_words_are_in_the_table_only():
    found = shown(value("2018", "Gender aware"), value("2019", 2), of=counted(kind="ordinal"))

    assert series(found) == {"_T": [None, 2]}
    assert found.table.rows == [["2018", "Gender aware"], ["2019", 2]]
    assert found.notes == ["Values that are words are in the table only."]


def test_no_number_and_no_value_are_two_reasons_for_an_empty_chart():
    assert shown(value("2018", "yes"), of=counted(kind="yes-no")).empty == (
        "There is no number to draw; what was observed is in the table."
    )
    nothing = shown(of=counted("75"))
    assert (nothing.empty, nothing.categories, nothing.table.rows) == ("Nothing was observed.", [], [])


def test_a_target_far_ahead_does_not_make_an_endless_chart():
    found = shown(value("2018-01", 1), of=counted("75 by 2199"))

    assert len(found.categories) == 600
