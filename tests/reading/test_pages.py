"""Pages are read as a person reads them: whole sentences, column after column, table by rows."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

import pypdfium2
import pytest
from fpdf import FPDF

from domain.reading.documents import PDF, Extracted, read
from domain.reading.passages import split

LEADING = 5
LEFT = (
    "The Authority held meetings in all",
    "provinces of the north. Forty women",
    "were trained as deminers, and they",
    "now lead four of the eleven teams in",
    "the field. Their pay equals that of",
    "the men. In the south the work has",
)
RIGHT = (
    "begun in the autumn of this year. It",
    "was planned with the organisations",
    "of survivors. Girls and boys were",
    "asked where they play and where they",
    "fetch water. The maps were redrawn",
    "after that, as they are every year.",
)
ROWS = (
    ("Region", "Women", "Men", "Remarks"),
    ("North", "12", "30", "Sessions were held in the capital and in the villages, for all who came"),
    ("South", "4", "9", "None"),
    ("East", "5", "", "Women took part in the meetings of the commission and were heard by it"),
)


def drawn() -> FPDF:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=10)
    return document


def column(document: FPDF, x: float, lines: tuple[str, ...], y: float = 30) -> None:
    for number, line in enumerate(lines):
        document.text(x, y + number * LEADING, line)


def turned(content: bytes, degrees: int) -> bytes:
    """The same document, its pages shown turned."""
    with pypdfium2.PdfDocument(content) as document:
        document[0].set_rotation(degrees)
        saved = BytesIO()
        document.save(saved)
        return saved.getvalue()


def reading(document: FPDF) -> Extracted:
    return read(bytes(document.output()), PDF)


def passages(extracted: Extracted) -> list[tuple[int | None, str]]:
    """Page and words of each passage, a line end as a space."""
    return [
        (found.page, extracted.text[found.start : found.end].replace("\n", " "))
        for found in split(extracted.text, extracted.pages)
    ]


ARABIC = dict(zip("abcdefgh", "شاركتنوي", strict=True))


def printed_in_arabic(letters: str) -> bytes:
    """A page on which these letters, as they stand from left to right, are printed as Arabic ones."""
    known = "\n".join(f"<{ord(letter):02x}> <{ord(arabic):04x}>" for letter, arabic in ARABIC.items())
    said = f"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def
1 begincodespacerange <00> <ff> endcodespacerange
{len(ARABIC)} beginbfchar {known} endbfchar endcmap end end"""
    drawing = f"BT /F 12 Tf 60 700 Td ({letters}) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(drawing)}>>stream\n{drawing}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        f"<</Length {len(said)}>>stream\n{said}\nendstream",
    ]
    body = "".join(f"{number} 0 obj\n{content}\nendobj\n" for number, content in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer\n<</Root 1 0 R/Size 7>>\nstartxref\n0\n%%EOF".encode()


def test_a_paragraph_written_from_right_to_left_keeps_its_number() -> None:
    text = read(printed_in_arabic(".hgfe dcba .12"), PDF).text
    assert text == "12. شارك تنوي."
    assert [passage.paragraph for passage in split(text)] == ["12"]
    assert read(printed_in_arabic("hgfe dcba 5.12"), PDF).text.startswith("5.12")


@pytest.mark.parametrize("order", ["by column", "by line"])
def test_columns_are_read_one_after_the_other(order: Literal["by column", "by line"]) -> None:
    document = drawn()
    if order == "by column":
        column(document, 20, LEFT)
        column(document, 110, RIGHT)
    else:
        for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
            column(document, 20, (left,), 30 + number * LEADING)
            column(document, 110, (right,), 30 + number * LEADING)
    assert reading(document).text.split("\n") == [*LEFT, *RIGHT]


def test_a_title_across_both_columns_comes_before_them() -> None:
    document = drawn()
    document.text(
        20, 20, "Report of the national authority on the work that was done for and by women in 2024"
    )
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        column(document, 20, (left,), 30 + number * LEADING)
        column(document, 110, (right,), 30 + number * LEADING)
    assert reading(document).text.split("\n")[1:] == [*LEFT, *RIGHT]


def test_a_table_is_read_row_by_row_with_the_heads_of_its_columns() -> None:
    document = drawn()
    document.write(LEADING, "Participants are counted by region.\n")
    with document.table() as table:
        for cells in ROWS:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    document.write(LEADING, "\nThe figures are those of December.")
    assert reading(document).text.split("\n") == [
        "Participants are counted by region.",
        "Region | Women | Men | Remarks",
        f"North | Women: 12 | Men: 30 | {ROWS[1][3]}",
        "South | Women: 4 | Men: 9 | None",
        f"East | Women: 5 | {ROWS[3][3]}",
        "The figures are those of December.",
    ]


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_table_that_lies_sideways_is_read_by_rows(degrees: int) -> None:
    document = drawn()
    with document.rotation(degrees, x=105, y=148):
        for number, row in enumerate(ROWS[:3]):
            for place, cell in enumerate(row[:3]):
                document.text(20 + place * 40, 100 + number * 8, cell)
    extracted = read(turned(bytes(document.output()), degrees), PDF)
    assert extracted.text.split("\n") == [
        "Region | Women | Men",
        "North | Women: 12 | Men: 30",
        "South | Women: 4 | Men: 9",
    ]


def test_items_with_their_marks_apart_are_no_table() -> None:
    document = drawn()
    for number, words in enumerate(("Sessions for girls;", "Sessions for boys;", "A film for all.")):
        document.text(20, 30 + number * LEADING, f"({'abc'[number]})")
        document.text(40, 30 + number * LEADING, words)
    assert reading(document).text.split("\n") == [
        "(a) Sessions for girls;",
        "(b) Sessions for boys;",
        "(c) A film for all.",
    ]


def with_notes() -> FPDF:
    """Two pages: a sentence goes on from the first to the second, below it are two footnotes."""
    document = drawn()
    for page in (1, 2):
        if page == 2:
            document.add_page()
        document.set_font("Helvetica", size=8)
        document.text(20, 12, "CCM/MSP/2025/7")
        document.text(105, 285, str(page))
        document.set_font("Helvetica", size=10)
        document.set_xy(20, 40)
        if page == 2:
            document.write(LEADING, "where they live, and the girls at school. The boys were told there too.")
            continue
        document.write(LEADING, "12. The Authority trained 40 women")
        document.char_vpos = "SUP"
        document.write(LEADING, "3")
        document.char_vpos = "LINE"
        document.write(LEADING, " as deminers.")
        document.char_vpos = "SUP"
        document.write(LEADING, "4")
        document.char_vpos = "LINE"
        document.write(LEADING, " It also informed the women of all of the northern provinces in the places")
        document.set_font("Helvetica", size=8)
        column(document, 20, ("3 Of them 12 in the capital.", "4 See the report on training."), 260)
    return document


def test_a_sentence_goes_on_over_footnotes_page_numbers_and_heads() -> None:
    assert passages(reading(with_notes())) == [
        (1, "12. The Authority trained 40 women³ as deminers.⁴"),
        (
            1,
            "It also informed the women of all of the northern provinces in the places "
            "where they live, and the girls at school.",
        ),
        (2, "The boys were told there too."),
        (1, "3 Of them 12 in the capital."),
        (1, "4 See the report on training."),
    ]


def test_footnotes_stand_at_the_end_as_part_of_their_page() -> None:
    extracted = reading(with_notes())
    assert [page.number for page in extracted.pages] == [1, 2, 1]
    assert extracted.text[extracted.pages[2].start :].startswith("3 Of them")
    assert extracted.pages[-1].end == len(extracted.text)


def test_a_word_broken_at_a_line_end_keeps_its_hyphen_and_breaks_no_sentence() -> None:
    document = drawn()
    column(
        document,
        20,
        ("All data of the Authority on victims are disag-", "gregated by sex and by age. They are public."),
    )
    assert [words for _, words in passages(reading(document))] == [
        "All data of the Authority on victims are disag- gregated by sex and by age.",
        "They are public.",
    ]


def test_pages_that_all_say_the_same_are_text() -> None:
    document = FPDF()
    document.set_font("Helvetica", size=10)
    for _ in range(3):
        document.add_page()
        document.text(20, 20, "Nothing to report.")
    assert reading(document).text == "\n".join(["Nothing to report."] * 3)
