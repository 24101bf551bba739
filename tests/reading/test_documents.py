"""Bytes become text, or a refusal that says what to do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission

from domain.reading.documents import (
    DOCX,
    HTML,
    MARKDOWN,
    PDF,
    PLAIN,
    USUAL_LIMITS,
    Limits,
    Unreadable,
    read,
    sniff,
)


def pdf(*pages: list[str], password: str | None = None, head: str = "") -> bytes:
    document = FPDF()
    if password:
        document.set_encryption(
            owner_password="owner", user_password=password, permissions=AccessPermission.none()
        )
    document.set_font("Helvetica", size=11)
    for number, lines in enumerate(pages, start=1):
        document.add_page()
        for line in [head, *lines, str(number)] if head else lines:
            document.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def word(fill: Callable[[docx.document.Document], object]) -> bytes:
    document = docx.Document()
    fill(document)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def package(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:document/>")
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


def refusal(content: bytes, media_type: str, limits: Limits = USUAL_LIMITS) -> str:
    with pytest.raises(Unreadable) as refused:
        read(content, media_type, limits)
    assert refused.value.detail.endswith(".")
    return refused.value.code


def test_pages_are_exact_slices_of_the_text() -> None:
    extracted = read(pdf(["First page."], ["Second page."]), PDF)
    assert [extracted.text[page.start : page.end] for page in extracted.pages] == [
        "First page.",
        "Second page.",
    ]
    assert [page.number for page in extracted.pages] == [1, 2]


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [[f"Sentence {name} of the report."] for name in ("one", "two", "three", "four")]
    text = read(pdf(*pages, head="CCM/MSP/2025/7"), PDF).text
    assert text.split("\n") == [line for (line,) in pages]


def test_an_encrypted_pdf_is_refused() -> None:
    assert refusal(pdf(["Secret."], password="secret"), PDF) == "document-encrypted"


def test_a_scanned_pdf_is_refused_with_advice() -> None:
    with pytest.raises(Unreadable, match="OCR") as refused:
        read(pdf([]), PDF)
    assert refused.value.code == "document-without-text"


def test_a_pdf_cut_off_is_refused() -> None:
    assert refusal(pdf(["A sentence."] * 40)[:-600], PDF) == "document-truncated"


def test_a_pdf_of_noise_is_damaged() -> None:
    assert refusal(b"%PDF-1.7\n" + b"noise " * 50 + b"%%EOF", PDF) == "document-damaged"


def test_pages_and_characters_have_limits() -> None:
    assert refusal(pdf(["a"], ["b"], ["c"]), PDF, Limits(pages=2)) == "document-too-long"
    assert refusal(b"word " * 100, PLAIN, Limits(characters=99)) == "document-too-long"


def many_pages(count: int) -> bytes:
    """A PDF that names one page so many times."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b"3 0 R " * count),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ]
    body = b"".join(b"%d 0 obj%s endobj\n" % (number, held) for number, held in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Size 4/Root 1 0 R>>\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "media_type", "limit", "named"),
    [
        (many_pages(10_000), PDF, 1_000, "1,000 pages"),
        (b"women " * 900_000, PLAIN, 2_000_000, "2,000,000 characters"),
        (b"<p>" + b"women " * 900_000, HTML, 2_000_000, "2,000,000 characters"),
    ],
    ids=["pages", "a paragraph", "markup"],
)
def test_a_document_beyond_a_limit_is_refused_with_the_limit_in_words_and_figures(
    content: bytes, media_type: str, limit: int, named: str
) -> None:
    with pytest.raises(Unreadable, match=named) as refused:
        read(content, media_type)
    assert (refused.value.code, refused.value.limit) == ("document-too-long", limit)


def test_a_cell_full_of_digits_is_read_in_time() -> None:
    table = "<table><tr><td>Women</td></tr><tr><td>" + "9" * 500_000 + "x</td></tr></table>"
    assert read(table.encode(), HTML).text.endswith("9x")


def test_a_long_head_of_a_table_is_not_repeated_on_each_row() -> None:
    rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(100))
    text = read(f"<table><tr><th>{'Long head. ' * 100}</th></tr>{rows}</table>".encode(), HTML).text
    assert text.count("Long head.") == 100


def test_footnote_marks_of_html_are_no_figures() -> None:
    page = '<p>Forty women<sup><a href="#n1">1</a></sup> were trained on 5 m<sup>2</sup>.</p>'
    assert read(page.encode(), HTML).text == "Forty women¹ were trained on 5 m²."


def test_word_paragraphs_and_tables_come_in_reading_order() -> None:
    def fill(document: docx.document.Document) -> None:
        document.add_heading("Casualties", level=1)
        table = document.add_table(rows=2, cols=3)
        for cell, text in zip(table._cells, ["", "Women", "Men", "Injured", "4", "9"], strict=True):
            cell.text = text
        document.add_paragraph("After the table.")

    assert read(word(fill), DOCX).text.split("\n\n") == [
        "Casualties",
        "Women | Men\nInjured | Women: 4 | Men: 9",
        "After the table.",
    ]


def test_a_merged_cell_is_read_once() -> None:
    def fill(document: docx.document.Document) -> None:
        table = document.add_table(rows=1, cols=3)
        table.cell(0, 0).merge(table.cell(0, 2)).text = "Merged"

    assert read(word(fill), DOCX).text == "Merged"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = package(**{"word/media/image.bin": bytes(30_000_000)})
    assert len(bomb) < 100_000
    assert refusal(bomb, DOCX) == "document-too-large-unpacked"
    assert refusal(package(a=b"1", b=b"2"), DOCX, Limits(entries=2)) == "document-too-large-unpacked"
    assert refusal(package(a=b"1" * 50), DOCX, Limits(unpacked_bytes=40)) == "document-too-large-unpacked"


def test_a_package_cut_off_or_of_other_parts_is_refused() -> None:
    assert refusal(package()[:-30], DOCX) == "document-truncated"
    assert refusal(package(), DOCX) == "document-damaged"


def test_html_is_what_a_reader_sees() -> None:
    page = (
        "<!doctype html><html><head><title>x</title><script>var women = 1</script></head>"
        "<body><h1>Report</h1>"
        "<p>Twelve <b>women</b>\n were trained.</p><nav>menu</nav><ul><li>one</li><li>two</li></ul>"
        "<table><tr><th></th><th>Girls</th></tr><tr><td>Reached</td><td>40</td></tr></table>"
        "<p>End.</p></body></html>"
    )
    assert read(page.encode(), HTML).text.split("\n\n") == [
        "Report", "Twelve women were trained.", "one", "two", "Girls", "Reached | Girls: 40", "End.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "unseen",
    [
        "<p hidden>X</p>",
        "<p style='color: red; DISPLAY : none'>X</p>",
        "<p style='visibility:hidden'>X</p>",
        "<del>X</del>",
        "<s>X</s>",
        "<span style='text-decoration: underline line-through'>X</span>",
        "<table><tr hidden><td>X</td></tr></table>",
        "<div hidden><table><tr><td>X</td></tr></table></div>",
    ],
)
def test_what_is_hidden_or_struck_through_in_html_is_not_read(unseen: str) -> None:
    assert read(f"<p>Before.</p>{unseen}<p>After.</p>".encode(), HTML).text == "Before.\n\nAfter."


def test_what_only_looks_hidden_in_html_is_read() -> None:
    seen = "<p style='display: block' data-hidden='1'>Seen.</p><p aria-hidden='true'>Printed.</p>"
    assert read(seen.encode(), HTML).text == "Seen.\n\nPrinted."


def test_tables_of_markdown_read_like_those_of_other_documents() -> None:
    page = (
        "Before.\n\n| Age | Women | Men |\n|:---|---:|---|\n| 18-30 | 12 | 15 |\n31-60 | 20 |\n\n"
        "> | Region | Girls |\n> |---|---|\n> | North \\| East | 3 |\n\nAfter | all.\n"
    )
    assert read(page.encode(), MARKDOWN).text == (
        "Before.\n\nAge | Women | Men\n18-30 | Women: 12 | Men: 15\n31-60 | 20\n\n"
        "Region | Girls\nNorth | East | Girls: 3\n\nAfter | all.\n"
    )
    assert read(page.encode(), PLAIN).text == page


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_code_in_markdown_is_left_as_it_is(fence: str) -> None:
    page = f"{fence} text\n| a | b |\n|---|---|\n| 1 | 2 |\n```x\n{fence}\n"
    assert read(page.encode(), MARKDOWN).text == page


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (MARKDOWN, f"|{'Head of a column|' * 500}\n|{'-|' * 500}\n" + f"|{'1|' * 500}\n" * 400),
        (HTML, f"<table><tr>{'<th>Head of a column' * 500}" + f"<tr>{'<td>1' * 500}" * 400),
    ],
)
def test_heads_of_columns_count_for_the_length(media_type: str, content: str) -> None:
    assert len(content) < Limits().characters
    assert refusal(content.encode(), media_type) == "document-too-long"


@pytest.mark.parametrize("spaces", [" " * 1_000_000, "| " * 400_000, "-|" * 400_000])
def test_markdown_made_to_take_long_is_read_in_time(spaces: str) -> None:
    assert read(f"a|b\n{spaces}|x".encode(), MARKDOWN).text


def test_html_nested_beyond_reason_is_refused_rather_than_lost() -> None:
    assert refusal(b"<div>" * 20_000 + b"Bottom." + b"</div>" * 20_000, HTML) == "document-nested-too-deeply"


@pytest.mark.parametrize("media_type", [PLAIN, MARKDOWN])
def test_text_is_kept_but_for_the_mark_and_line_ends(media_type: str) -> None:
    assert read("\ufeff# Título\r\n\rMás texto.\n".encode(), media_type).text == "# Título\n\nMás texto.\n"


def test_text_must_be_utf_8_and_the_refusal_says_where() -> None:
    with pytest.raises(Unreadable, match="byte 3") as refused:
        read("añol".encode()[:1] + b"b" + b"c" + b"\xf1", PLAIN)
    assert refused.value.code == "text-not-utf-8"
    assert refusal(b"a\x00b", PLAIN) == "text-contains-nul"


SCRIPTS = {
    "ar": "شاركت النساء في اتخاذ القرارات.",
    "he": "נשים השתתפו בקבלת ההחלטות.",
    "zh": "妇女参与了排雷决策。",
    "ja": "女性は決定に参加した。",
}


@pytest.mark.parametrize("words", SCRIPTS.values(), ids=SCRIPTS)
def test_every_script_is_kept_as_it_is(words: str) -> None:
    assert read(word(lambda document: document.add_paragraph(words)), DOCX).text == words
    assert read(f"<p>{words}</p>".encode(), HTML).text == words
    assert read(words.encode(), PLAIN).text == words


@pytest.mark.parametrize("media_type", [PDF, DOCX, HTML, PLAIN])
def test_an_empty_file_is_refused(media_type: str) -> None:
    assert refusal(b"", media_type) == "document-empty"


def test_blank_text_is_empty() -> None:
    assert refusal(b" \n\t\n", PLAIN) == "document-empty"
    assert refusal(b"<html><body> </body></html>", HTML) == "document-empty"


@pytest.mark.parametrize(
    ("name", "content", "declared", "expected"),
    [
        ("report.pdf", b"%PDF-1.4 ...", "application/pdf", PDF),
        ("report", b"%PDF-1.4 ...", None, PDF),
        ("report.docx", package(), "application/octet-stream", DOCX),
        ("page.htm", b"<p>text</p>", "text/html; charset=utf-8", HTML),
        ("page", b"\xef\xbb\xbf <!DOCTYPE html><p>", None, HTML),
        ("notes.md", b"# Notes", None, MARKDOWN),
        ("notes.md", b"# Notes", "text/plain", MARKDOWN),
        ("notes", "Niñas".encode(), None, PLAIN),
        ("notes.txt", b"\xff\xfe broken", None, PLAIN),
    ],
)
def test_the_content_tells_the_media_type(
    name: str, content: bytes, declared: str | None, expected: str
) -> None:
    assert sniff(name, content, declared) == expected


@pytest.mark.parametrize(
    ("name", "content", "declared", "code"),
    [
        ("report.pdf", package(), None, "document-type-mismatch"),
        ("report.docx", b"%PDF-1.4", None, "document-type-mismatch"),
        ("report.pdf", b"plain words", None, "document-type-mismatch"),
        ("report.txt", b"%PDF-1.4", "text/plain", "document-type-mismatch"),
        ("data.txt", b"plain words", "text/csv", "document-type-mismatch"),
        ("photo.pdf", b"\x89PNG\r\n\x1a\n", None, "document-type-unsupported"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), None, "document-type-unsupported"),
        ("blob", b"\xff\xfe\x00\x01", None, "document-type-unsupported"),
        ("report.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), None,
         "document-encrypted"),
        ("report.docx", package()[:-30], None, "document-truncated"),
        ("nothing.txt", b"", None, "document-empty"),
    ],
)  # fmt: skip
def test_a_name_that_denies_the_content_is_refused(
    name: str, content: bytes, declared: str | None, code: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        sniff(name, content, declared)
    assert refused.value.code == code
