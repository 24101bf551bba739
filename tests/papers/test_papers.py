"""Papers: what people wrote in Markdown, and the same blocks as Markdown and as a Word document."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.papers import markdown, notes, word
from domain.papers.paper import (
    Block,
    Heading,
    Item,
    Items,
    Paper,
    Paragraph,
    Run,
    Table,
    listed,
    said,
    table,
)

MADE = datetime(2026, 3, 4, 10, tzinfo=UTC)
DEPTHS = [("a", 0), ("b", 1), ("c", 2), ("d", 2), ("e", 0)]


def paper(*blocks: Block, title: str = "Title") -> Paper:
    return Paper(title, "en", MADE, blocks)


def numbered(text: str, depth: int = 0) -> Item:
    return Item((Run(text),), depth, numbered=True)


def as_markdown(*blocks: Block) -> str:
    return markdown.written(paper(*blocks)).partition("\n\n")[2].rstrip("\n")


def as_document(made: Paper) -> Any:
    return docx.Document(io.BytesIO(word.written(made)))


def read(text: str) -> list[Block]:
    return notes.blocks_of(text, below=1)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("\n \n---\n", []),
        ("# Opening #", [Heading("Opening", 2)]),
        ("###### Low", [Heading("Low", 5)]),
        ("#no heading", [said("#no heading")]),
        ("one\ntwo\n\nthree", [said("one two"), said("three")]),
        ("one  \ntwo\\\nthree", [said("one\ntwo\nthree")]),
        ("> quoted\n> more", [said("quoted more")]),
        ("a **b** c", [Paragraph((Run("a "), Run("b", strong=True), Run(" c")))]),
        ("*a* __b__ _c_", [
            Paragraph((
                Run("a", emphasis=True), Run(" "), Run("b", strong=True), Run(" "), Run("c", emphasis=True),
            ))
        ]),
        ("snake_case_name 2 * 3 * 4", [said("snake_case_name 2 * 3 * 4")]),
        (r"\*not\* 1\.", [said("*not* 1.")]),
        ("see [the paper](https://e.org/x)", [said("see the paper (https://e.org/x)")]),
        ("[https://e.org](https://e.org)", [said("https://e.org")]),
        ("- a\n  more\n* b", [listed(["a more", "b"])]),
        ("- a\n\n- b\n\nc", [listed(["a", "b"]), said("c")]),
        ("1. a\n   - b\n2) c", [
            Items((numbered("a"), Item((Run("b"),), 1), numbered("c")))
        ]),
        ("- a\n1. b", [listed(["a"]), Items((numbered("b"),))]),
        ("- a\n    - b\n        - c\n            - d\n- e", [
            Items(tuple(Item((Run(text),), depth) for text, depth in DEPTHS))
        ]),
        ("| a | b |\n|---|:-:|\n| 1 | 2 | 3 |\n| **4** |", [table(["a", "b"], [["1", "2"], ["4", ""]])]),
        ("text\n# Heading\n- item", [said("text"), Heading("Heading", 2), listed(["item"])]),
    ],
)  # fmt: skip
def test_what_is_read_of_markdown(text: str, blocks: list[Block]):
    assert read(text) == blocks


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Heading("A\nB", 2), "### A B"),
        (
            said("1. *a* _b_ `c` [d](e) <b>&amp; | # ~"),
            r"1\. \*a\* \_b\_ \`c\` \[d\](e) \<b\>\&amp; \| \# \~",
        ),
        (said("- no list"), r"\- no list"),
        (said("    no code"), "no code"),
        (said("a\n\nb"), "a\\\nb"),
        (said(" spaced ", strong=True), "**spaced**"),
        (Paragraph((Run("a "), Run("b ", emphasis=True), Run("c"))), "a *b* c"),
        (listed(["a\nb", "- c"]), "- a\\\n  b\n- \\- c"),
        (table(["a|b"], [["c\nd"], [""]]), "| a\\|b |\n| --- |\n| c<br>d |\n|  |"),
    ],
)
def test_no_text_becomes_markup(block: Block, text: str):
    assert as_markdown(block) == text


def test_lists_within_lists_are_indented_and_numbered_anew():
    items = Items((numbered("a"), numbered("b", 1), numbered("c", 1), numbered("d"), numbered("e", 1)))

    assert as_markdown(items).splitlines() == ["1. a", "   1. b", "   2. c", "2. d", "   1. e"]
    assert read(as_markdown(items)) == [items]


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1)
lines = st.lists(words, min_size=1, max_size=4).map(" ".join)


@given(lines)
def test_text_is_read_back_as_it_was_written(line: str):
    assert read(as_markdown(said(line))) == [said(line)]


@given(st.lists(st.tuples(lines, lines), min_size=1, max_size=3))
def test_tables_are_read_back_as_they_were_written(rows: list[tuple[str, str]]):
    made = table(["a", "b"], rows)

    assert as_markdown(made).count("\n") == len(rows) + 1
    if not any(cell.strip("> \t") != cell or "\\" in cell for row in rows for cell in row):
        assert read(as_markdown(made)) == [made]


def test_a_word_document_has_real_headings_lists_and_tables():
    made = as_document(
        paper(
            Heading("First", 1),
            Heading("Second", 2),
            Paragraph((Run("a "), Run("b", strong=True), Run("c", emphasis=True))),
            Items((Item((Run("i"),), 0), Item((Run("ii"),), 2))),
            table(["Head"], [["Cell"]]),
            title="Réunion",
        )
    )

    assert [(one.style.name, one.text) for one in made.paragraphs if one.text] == [
        ("Title", "Réunion"), ("Heading 1", "First"), ("Heading 2", "Second"), ("Normal", "a bc"),
        ("List Bullet", "i"), ("List Bullet 3", "ii"),
    ]  # fmt: skip
    runs = made.paragraphs[3].runs
    assert [(run.text, run.bold, run.italic) for run in runs] == [
        ("a ", None, None), ("b", True, None), ("c", None, True),
    ]  # fmt: skip
    facts = made.core_properties
    assert (facts.title, facts.language, facts.author, facts.comments) == ("Réunion", "en", "", "")
    assert facts.created.replace(tzinfo=UTC) == MADE


def test_each_numbered_list_of_a_word_document_begins_at_one():
    two = Items((numbered("a"), numbered("b")))

    made = as_document(paper(two, said("between"), two))

    numbers = [one._p.pPr.numPr.numId.val for one in made.paragraphs if one.style.name == "List Number"]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]
    for number in set(numbers):
        definition = made.part.numbering_part.element.num_having_numId(number)
        assert definition.xpath("w:lvlOverride/w:startOverride/@w:val") == ["1"]


def test_what_a_word_document_cannot_hold_is_left_out():
    made = as_document(paper(said("a\x07b\ufffec\u2028d"), Heading("\x00e"), title="f\x0b" * 300))

    assert [one.text for one in made.paragraphs[1:]] == ["abc\nd", "e"]
    assert len(made.core_properties.title) == 255


@given(st.text())
@example("\\")
@example(">")
@example("a\n>")
def test_any_text_can_be_written(text: str):
    blocks = (said(text), Heading(text), listed([text]), table([text], [[text]]), *read(text))

    assert re.search(r"[^\n]\n$", markdown.written(paper(*blocks, title=text or "x")))
    assert as_document(paper(*blocks, title=text)).paragraphs


@pytest.mark.parametrize("text", ["#" + " " * 100_000 + "x", "**a " * 25_000, "[a" * 50_000, "|\n" * 50_000])
def test_no_text_takes_long_to_read(text: str):
    begun = datetime.now(UTC)

    made = read(text)

    assert made
    assert (datetime.now(UTC) - begun).total_seconds() < 5


def test_a_row_has_as_many_cells_as_the_head():
    assert table(["a", "b"], [["1", "2"]]) == Table(("a", "b"), (("1", "2"),))
