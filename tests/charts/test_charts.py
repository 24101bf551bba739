"""Charts as drawings and tables: everybody can read them, nothing in them runs, nothing is made up."""

from __future__ import annotations

import csv
import io
import itertools
import re
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.charts import lettering, svg, tables
from domain.charts.rates import reporting_rates
from domain.charts.scales import ticks
from domain.charts.styles import INK, PAPER, QUIET, STYLES
from domain.charts.wording import INDICATOR_STATUSES, ITEM_STATUSES, WORDS, number
from schemas.charts import Axis, Category, Chart, ChartFigure, ChartKind, ChartSeries, ChartTable
from schemas.obligations import CycleRates, ReportingRates

NAMESPACE = "{http://www.w3.org/2000/svg}"
KINDS: tuple[ChartKind, ...] = ("bars", "stacked-bars", "lines")
Values = list[ChartFigure | None]


def chart(
    *series: Values, kind: ChartKind = "lines", names: list[str] | None = None, **changes: Any
) -> Chart:
    """Series A, B, … over the years from 2001 on."""
    labels = names or [str(2001 + number) for number in range(len(series[0]) if series else 0)]
    made = Chart(
        kind=kind,
        title="Women trained",
        description="What was observed.",
        language="en",
        category_axis=Axis(title="Period", unit=None),
        value_axis=Axis(title="People", unit=None),
        categories=[Category(key=str(place), label=label) for place, label in enumerate(labels)],
        series=[
            ChartSeries(key=key, label=f"Series {key}", role="values", values=values)
            for key, values in zip("ABCDEFGHIJKL", series, strict=False)
        ],
        missing="no value",
        empty=None,
        notes=[],
        table=ChartTable(head=["Period"], rows=[]),
        path="/v1/a/chart?by=sex",
    )
    return made.model_copy(update=changes)


def drawn(found: Chart) -> ET.Element:
    return ET.fromstring(svg.written(found))


def texts(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{NAMESPACE}text")]


def lines_of(root: ET.Element) -> list[str]:
    """Paths of lines that stand for series."""
    return [
        one.get("d", "") for one in root.iter(f"{NAMESPACE}path") if one.get("stroke-linejoin") == "round"
    ][1:]


def tips(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{NAMESPACE}title")][1:]


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_an_image_with_a_name_a_description_and_a_size_that_scales(kind: ChartKind):
    root = drawn(chart([1, 2], [3, 4], kind=kind, notes=["Read it so."]))

    named = {one.get("id"): one.text for one in root if one.tag in (f"{NAMESPACE}title", f"{NAMESPACE}desc")}
    assert root.get("role") == "img"
    assert list(named) == (root.get("aria-labelledby") or "").split()
    assert list(named.values()) == [
        "Women trained",
        "What was observed. Read it so. The figures as a table: /v1/a/chart?by=sex.",
    ]
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert root.get("lang") == "en"


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_runs_nothing_loads_nothing_and_has_text_as_text(kind: ChartKind):
    hostile = '</title><script>alert(1)</script>" onload="x'
    content = svg.written(chart([1], kind=kind, names=[hostile], title=hostile, notes=[hostile]))

    root = ET.fromstring(content)
    kinds = {one.tag.removeprefix(NAMESPACE) for one in root.iter()}
    assert kinds <= {"svg", "title", "desc", "defs", "pattern", "rect", "path", "text"}
    names = {name for one in root.iter() for name in one.keys()}  # noqa: SIM118 - an element is no mapping
    assert not [name for name in names if name.startswith("on") or "href" in name or name == "style"]
    assert b"<script" not in content
    assert hostile in "".join(root.itertext())


def test_the_same_chart_is_the_same_bytes_and_another_one_shares_no_names():
    found, other = chart([1, None, 2], kind="bars"), chart([1, None, 3], kind="bars")

    assert svg.written(found) == svg.written(found.model_copy(deep=True))
    ids = [{one.get("id") for one in drawn(each).iter() if one.get("id")} for each in (found, other)]
    assert not ids[0] & ids[1]


def test_a_missing_value_interrupts_a_line_and_is_not_zero():
    root = drawn(chart([1, 2, None, 3, 4, None, 5]))

    assert len(lines_of(root)) == 2
    assert len(tips(root)) == 5
    assert not [tip for tip in tips(root) if "2003" in tip]


def test_a_missing_value_is_said_in_place_of_a_bar_and_zero_is_zero():
    root = drawn(chart([0, None], kind="bars"))

    assert texts(root).count("no value") == 1
    assert "2001, Series A: 0" in tips(root)


def test_values_below_zero_and_above_a_hundred_stand_where_they_belong():
    root = drawn(chart([-40, 140], kind="bars", value_axis=Axis(title="Share", unit="%")))

    shown = texts(root)
    assert "\u221240\u00a0%" in shown
    assert "140\u00a0%" in shown
    low, high = [one for one in root.iter(f"{NAMESPACE}rect") if one.find(f"{NAMESPACE}title") is not None]
    assert float(low.get("x", "")) + float(low.get("width", "")) == pytest.approx(
        float(high.get("x", "")), abs=0.2
    )
    assert float(high.get("width", "")) == pytest.approx(3.5 * float(low.get("width", "")), rel=0.01)


def test_parts_of_a_bar_have_their_numbers_and_their_sum():
    root = drawn(chart([3, 0], [5, 0], kind="stacked-bars"))

    assert tips(root) == ["2001, Series A: 3", "2001, Series B: 5"]
    bold = [one.text for one in root.iter(f"{NAMESPACE}text") if one.get("font-weight") == "bold"]
    assert bold[1:] == ["8", "0"]


def test_series_differ_in_more_than_colour():
    assert len({style.marker for style in STYLES}) == len(STYLES)
    assert len({style.pattern for style in STYLES}) == len(STYLES)
    assert len({style.dashes for style in STYLES}) == len(STYLES)

    root = drawn(chart([1, 2], [2, 1], kind="bars"))
    fills = {one.get("fill") for one in root.iter(f"{NAMESPACE}rect") if one.get("stroke")}
    assert len(fills) == 2
    assert any((fill or "").startswith("url(#") for fill in fills)


def linear(colour: str) -> Any:
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(colour: str, paper: str = PAPER) -> float:
    """WCAG 2.2."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    light, dark = sorted((float(linear(one) @ weights) for one in (colour, paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


SEEN_BY = {
    "everybody": np.eye(3),
    "who do not see red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "who do not see green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "who do not see blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""Machado, Oliveira and Fernandes (2009), severity 1."""


def lab(colour: Any) -> Any:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratios = to_xyz @ np.clip(colour, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_colours_stand_out_from_the_paper_and_texts_can_be_read():
    assert min(contrast(style.colour) for style in STYLES) >= 3
    assert min(contrast(INK), contrast(QUIET)) >= 4.5


@pytest.mark.parametrize("who", SEEN_BY)
def test_any_two_colours_can_be_told_apart_by_those(who: str):
    seen = [lab(SEEN_BY[who] @ linear(style.colour)) for style in STYLES]

    nearest = min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2))
    assert nearest > 20  # CIE 1976; 2.3 is a just noticeable difference


def test_a_long_name_is_cut_and_shows_the_whole_to_whoever_points_at_it():
    name = "Institutionalization of a gender dimension " * 5
    root = drawn(chart([1], kind="bars", names=[name]))

    assert any(text.endswith("…") for text in texts(root))
    assert name in tips(root)


def test_texts_that_run_from_right_to_left_are_marked_and_stay_in_place():
    latin = drawn(chart([1], kind="bars", names=["Women"]))
    arabic = drawn(chart([1], kind="bars", names=["3.2 النساء (2)"]))

    def side(root: ET.Element) -> list[str | None]:
        return [one.get("text-anchor") for one in root.iter(f"{NAMESPACE}text")]

    assert side(latin) == side(arabic)
    assert "\u20673.2 النساء (2)\u2069" in texts(arabic)


def test_characters_that_xml_cannot_say_do_not_break_a_drawing():
    root = drawn(chart([1], kind="bars", names=["a\x08b\x01\ufffe"]))

    assert "a\ufffdb\ufffd\ufffd" in texts(root)


def test_nothing_to_draw_is_said():
    root = drawn(chart(empty="Nothing was observed."))

    assert texts(root) == ["Women trained", "Nothing was observed."]
    assert "Nothing was observed." in (root.findtext(f"{NAMESPACE}desc") or "")


def test_what_is_too_much_for_a_drawing_is_counted():
    many = drawn(chart(*([[1, 2]] * 9)))
    long = drawn(chart([1] * 70, kind="bars"))

    assert "Not drawn, in the table only: 2 more." in texts(many)
    assert "Not drawn, in the table only: 10 more." in texts(long)


def test_a_drawing_of_many_values_stays_small():
    content = svg.written(chart([float(place) for place in range(900)]))

    assert len(content) < 40_000


@given(
    kind=st.sampled_from(KINDS),
    values=st.lists(
        st.one_of(st.none(), st.integers(0, 10**60), st.floats(0, 1e240), st.floats(0, 1e-240)),
        min_size=1,
        max_size=5,
    ),
    name=st.text(max_size=60),
)
def test_whatever_is_measured_and_however_it_is_called_it_can_be_drawn(
    kind: ChartKind, values: Values, name: str
):
    content = svg.written(chart(values, kind=kind, names=[name] * len(values), title=name))

    ET.fromstring(content)
    assert not re.search(rb'="[^"]*\b(nan|inf)\b[^"]*"', content)


@given(st.lists(st.floats(-1e100, 1e100), min_size=1))
def test_ticks_are_around_all_values_and_have_zero_among_them(values: list[float]):
    found = ticks(values)

    hair = 1e-9 * (found[-1] - found[0])
    assert found[0] <= min(values) + hair
    assert found[-1] >= max(values) - hair
    assert 0 in found
    assert 2 <= len(found) <= 12


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0], (0, 1)),
        ([3], (0, 1, 2, 3)),
        ([0.3], (0, 0.1, 0.2, 0.3)),
        ([100], (0, 20, 40, 60, 80, 100)),
        ([-8, 75], (-20, 0, 20, 40, 60, 80)),
    ],
)
def test_ticks_are_round_and_people_are_not_divided(values: list[float], expected: tuple[float, ...]):
    assert ticks(values) == expected


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (1234567, "1,234,567", "1\u202f234\u202f567"),
        (-0.5, "\u22120.5", "\u22120,5"),
        (100.0, "100", "100"),
        (92.5926, "92.5926", "92,5926"),
        (0, "0", "0"),
        (2e20, "2e+20", "2e+20"),
        (0.00001, "1e\u221205", "1e\u221205"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(value: float, english: str, french: str):
    assert (number(value, "en"), number(value, "fr")) == (english, french)


def test_every_fixed_word_is_there_in_three_languages_with_the_same_facts():
    for words in [*WORDS.values(), *ITEM_STATUSES.values(), *INDICATOR_STATUSES.values()]:
        assert words.keys() == {"en", "fr", "es"}
        assert len({frozenset(re.findall(r"\{\w+\}", text)) for text in words.values()}) == 1


@given(st.text(), st.floats(20, 400))
def test_a_cut_text_is_no_longer_than_its_room(text: str, room: float):
    assert lettering.length(lettering.cut(text, 12, room), 12) <= max(room, 12)


def test_a_cut_takes_accents_with_their_letters():
    decomposed = "e\u0301" * 20

    assert lettering.cut(decomposed, 12, 60).removesuffix("…").endswith("\u0301")


def test_cells_that_spreadsheets_would_calculate_are_neutralised():
    table = ChartTable(head=["=1+1", "B"], rows=[["@x", -5], [" +1", None], ["-", 2.5], ["ok, “so”", 0]])

    rows = list(csv.reader(io.StringIO(tables.written(chart([1], table=table)))))

    assert rows == [["'=1+1", "B"], ["'@x", "-5"], ["' +1", ""], ["'-", "2.5"], ["ok, “so”", "0"]]


def test_rates_are_of_what_was_due_and_running_cycles_are_named():
    def cycle(name: str, expected: int, actual: int, on_time: int) -> CycleRates:
        return CycleRates(
            cycle=name, due_on=date(int(name) + 1, 4, 30), expected=expected, actual=actual, on_time=on_time,
            rate=None, rate_on_time=None,
        )  # fmt: skip

    found = reporting_rates(
        ReportingRates(
            framework="ccm", cycle=None, expected=3, actual=2, on_time=1, rate=0.6667, rate_on_time=0.3333,
            cycles=[cycle("2024", 4, 1, 0), cycle("2022", 0, 0, 0), cycle("2023", 3, 2, 1)],
        ),
        "CCM", language="en", path="/v1/x", today=date(2025, 4, 30),
    )  # fmt: skip

    assert [one.key for one in found.categories] == ["2022", "2023", "2024"]
    assert [one.values for one in found.series] == [[None, 66.67, 25.0], [None, 33.33, 0.0]]
    assert found.notes == ["Still running: 2024."]
    assert found.table.rows[1] == ["2023", "2024-04-30", 3, 2, 1, 66.67, 33.33]
    assert "2022: nothing was due." in found.description
