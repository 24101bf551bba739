"""Word documents: what Word prints is read, once, in the order of reading."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from domain.reading.documents import DOCX, Limits, Unreadable, read
from domain.reading.numbering import letters, roman
from domain.reading.passages import split

WORDS = nsdecls("w")
FOOTNOTES = f"""<w:footnotes {WORDS}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/><w:t xml:space="preserve"> Of them 12 girls.</w:t></w:r></w:p>
</w:footnote></w:footnotes>"""


def word(fill: Callable[[Document], None], **others: str) -> bytes:
    """A document, with further parts of the folder `word` by their names."""
    document = docx.Document()
    fill(document)
    packed = io.BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as package:
        for name, content in others.items():
            package.writestr(f"word/{name}.xml", content)
    return packed.getvalue()


def blocks(fill: Callable[[Document], None], **others: str) -> list[str]:
    return read(word(fill, **others), DOCX).text.split("\n\n")


def test_the_numbers_that_word_prints_are_those_of_the_paragraphs() -> None:
    def fill(document: Document) -> None:
        for text in ("Forty women were trained. They work now.", "Girls were told.", "Boys were told."):
            document.add_paragraph(text, style="List Number")
        document.add_paragraph("A film.", style="List Bullet")

    text = read(word(fill), DOCX).text
    assert [text[p.start : p.end] for p in split(text)] == [
        "1. Forty women were trained.",
        "They work now.",
        "2. Girls were told.",
        "3. Boys were told.",
        "A film.",
    ]
    assert [p.paragraph for p in split(text)][:4] == ["1", "1", "2", "3"]


@pytest.mark.parametrize(
    ("number", "letter", "numeral"), [(1, "a", "i"), (4, "d", "iv"), (27, "aa", "xxvii"), (49, "ww", "xlix")]
)
def test_lists_count_in_letters_and_roman_numerals(number: int, letter: str, numeral: str) -> None:
    assert (letters(number), roman(number)) == (letter, numeral)


def test_a_footnote_stands_at_the_end_after_its_mark() -> None:
    def fill(document: Document) -> None:
        paragraph = document.add_paragraph("Forty women")
        paragraph._p.append(parse_xml(f'<w:r {WORDS}><w:footnoteReference w:id="2"/></w:r>'))
        paragraph.add_run(" were trained.")
        document.add_paragraph("The end.")

    assert blocks(fill, footnotes=FOOTNOTES) == [
        "Forty women¹ were trained.", "The end.", "¹ Of them 12 girls.",
    ]  # fmt: skip


def test_a_raised_digit_is_no_figure() -> None:
    def fill(document: Document) -> None:
        paragraph = document.add_paragraph("Forty women")
        paragraph.add_run("3").font.superscript = True
        paragraph.add_run(" were trained.")

    assert blocks(fill) == ["Forty women³ were trained."]


@pytest.mark.parametrize("mark", ["vanish", "strike", "dstrike"])
def test_what_is_hidden_or_struck_through_is_not_read(mark: str) -> None:
    def fill(document: Document) -> None:
        paragraph = document.add_paragraph("Forty women ")
        for given, word in ((mark, "were not "), (f'{mark} w:val="0"', "were trained.")):
            run = f"<w:r {WORDS}><w:rPr><w:{given}/></w:rPr><w:t>{word}</w:t></w:r>"
            paragraph._p.append(parse_xml(run))

    assert blocks(fill) == ["Forty women were trained."]


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    box = f"<w:txbxContent {WORDS}><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>"
    both = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )

    def fill(document: Document) -> None:
        document.add_paragraph("Beside.")._p.append(parse_xml(f"<w:r {WORDS}>{both}</w:r>"))
        document.add_paragraph("Below.")

    assert blocks(fill) == ["Beside.", "In a box.", "Below."]


def nested(depth: int) -> Callable[[Document], None]:
    def fill(document: Document) -> None:
        cell = document.add_table(rows=1, cols=1).cell(0, 0)
        for level in range(depth):
            cell.text = f"Level {level}."
            cell = cell.add_table(rows=1, cols=1).cell(0, 0)
        cell.text = "Bottom."

    return fill


def test_tables_within_tables_are_read_from_the_outside_in() -> None:
    assert blocks(nested(3)) == ["Level 0. Level 1. Level 2. Bottom."]
    assert blocks(nested(60))[0].endswith("Level 59. Bottom.")


def test_tables_nested_beyond_reason_are_refused_with_the_limit() -> None:
    with pytest.raises(Unreadable, match="255") as refused:
        read(word(nested(100)), DOCX)
    assert (refused.value.code, refused.value.limit) == ("document-nested-too-deeply", 255)


def test_a_part_with_too_much_markup_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Unreadable, match="limit is 500") as refused:
        read(word(lambda document: None), DOCX, Limits(markup_bytes=500))
    assert (refused.value.code, refused.value.limit) == ("document-too-large-unpacked", 500)
