"""Lines of iCalendar, which no text may break."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import vText
from icalendar.parser import Contentlines

from domain.calendar import contentlines

bounded = settings(max_examples=200, deadline=None, derandomize=True)
PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=400)


@bounded
@given(PRINTABLE)
def test_a_text_is_read_back_as_it_was(text: str):
    folded = contentlines.folded([f"SUMMARY:{contentlines.text(text)}"])
    [line, *_] = Contentlines.from_ical(folded)

    assert str(vText.from_ical(line.parts()[2])) == text


@bounded
@given(st.text(max_size=400))
def test_no_line_is_longer_than_75_octets_and_none_breaks_a_character(text: str):
    folded = contentlines.folded([f"SUMMARY:{contentlines.text(text)}"])
    lines = folded.split(b"\r\n")

    assert max(map(len, lines)) <= 75
    assert all(line.decode() or line == b"" for line in lines)
    assert folded.count(b"\n") == folded.count(b"\r") == folded.count(b"\r\n")


@bounded
@given(st.text(max_size=100))
def test_no_text_begins_a_line_of_its_own(text: str):
    folded = contentlines.folded(
        [f"SUMMARY:{contentlines.text(text)}", f"X;CN={contentlines.quoted(text)}:x"]
    )

    assert len(folded.decode().replace("\r\n ", "").splitlines()) == 2


def test_a_name_cannot_end_its_parameter():
    assert contentlines.quoted('Ana "ISU";X=1:mailto:x\r\nMETHOD:CANCEL') == (
        "\"Ana 'ISU';X=1:mailto:x METHOD:CANCEL\""
    )
