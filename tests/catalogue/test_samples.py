"""The sample reports: built from their sources, flagged as fictional, and read by a person."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
import yaml
from docx.table import Table

from schemas.catalogue import MembershipList, StateList

SAMPLES = Path(__file__).parents[2] / "catalogue" / "samples"
DOCUMENTS = ["xaa-2024.pdf", "xbb-2024.docx", "xcc-2024.txt"]
CRITERIA = {
    "participation", "children-consulted", "disaggregated-data", "survey-and-clearance", "risk-education",
    "victim-assistance", "women-with-disabilities", "gender-based-violence", "gender-training",
    "child-protection", "organisations", "employment", "institutions", "budget", "monitoring",
    "cross-reporting",
}  # fmt: skip


def load(name: str) -> Any:
    return yaml.safe_load((SAMPLES / name).read_text(encoding="utf-8"))


def pdf_pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def pdf_text(content: bytes) -> str:
    """The text without the first and last line of each page: running head and page number."""
    return "\n".join("\n".join(page.splitlines()[1:-1]) for page in pdf_pages(content))


def docx_text(content: bytes) -> str:
    lines = []
    for item in docx.Document(BytesIO(content)).iter_inner_content():
        rows = (
            [[cell.text for cell in row.cells] for row in item.rows]
            if isinstance(item, Table)
            else [[item.text]]
        )
        lines += ["\n".join(row) for row in rows]
    return "\n".join(lines)


READERS: dict[str, Callable[[bytes], str]] = {".pdf": pdf_text, ".docx": docx_text, ".txt": bytes.decode}


def words_of(path: Path) -> list[str]:
    return READERS[path.suffix](path.read_bytes()).split()


def source_of(document: str) -> str:
    return (SAMPLES / "sources" / f"{document[:3]}.md").read_text(encoding="utf-8")


def source_words(document: str) -> list[str]:
    """The words of a source without its marks for headings and tables."""
    return re.sub(r"^#+ |^\|[-|]+\|$|\|", " ", source_of(document), flags=re.MULTILINE).split()


def numbered_paragraphs(document: str) -> list[int]:
    return [int(number) for number in re.findall(r"^(\d+)\. ", source_of(document), re.MULTILINE)]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, SAMPLES / "make.py", "--into", folder], check=True)
    return folder


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_shipped_report_says_what_its_source_says(document: str) -> None:
    assert words_of(SAMPLES / document) == source_words(document)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_shipped_report_is_what_the_script_builds(document: str, rebuilt: Path) -> None:
    assert words_of(SAMPLES / document) == words_of(rebuilt / document)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paragraphs_are_numbered_without_a_break(document: str) -> None:
    numbers = numbered_paragraphs(document)
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_pdf_has_four_pages_with_running_head_and_number() -> None:
    pages = [page.splitlines() for page in pdf_pages((SAMPLES / "xaa-2024.pdf").read_bytes())]
    assert [page[-1] for page in pages] == ["1/4", "2/4", "3/4", "4/4"]
    assert {page[0] for page in pages} == {"Republic of Aravia: annual report for 2024 (fictional sample)"}


def test_the_word_report_has_eight_headings_and_one_table_whose_rows_add_up() -> None:
    document = docx.Document(str(SAMPLES / "xbb-2024.docx"))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Heading 1") == 8

    [table] = document.tables
    *groups, total = [[int(cell.text) for cell in row.cells[1:]] for row in table.rows[1:]]
    assert [sum(column) for column in zip(*groups, strict=True)] == total
    assert all(killed + injured == both for killed, injured, both in [*groups, total])


def test_every_sample_state_is_flagged_as_such() -> None:
    states = StateList.model_validate(load("states.yaml")).states
    assert [(state.iso3, state.sample) for state in states] == [("XAA", True), ("XBB", True), ("XCC", True)]


def test_all_three_are_parties_to_the_ccm_and_differ_elsewhere() -> None:
    lists = [MembershipList.model_validate(entry) for entry in load("memberships.yaml")["memberships_of"]]
    parties = {entry.framework: {m.state for m in entry.memberships if m.consent} for entry in lists}
    assert parties == {
        "ccm": {"XAA", "XBB", "XCC"},
        "apmbc": {"XAA", "XBB"},
        "crpd": {"XAA", "XCC"},
        "cedaw": {"XAA", "XBB", "XCC"},
        "crc": {"XAA", "XBB", "XCC"},
    }


def test_a_reader_has_judged_every_criterion_of_every_report() -> None:
    reports = load("expected.yaml")["reports"]
    assert [report["document"] for report in reports] == DOCUMENTS
    assert all(report["findings"].keys() == CRITERIA for report in reports)


@pytest.mark.parametrize("report", load("expected.yaml")["reports"], ids=lambda report: report["state"])
def test_a_level_above_zero_cites_paragraphs_that_exist(report: dict[str, Any]) -> None:
    known = set(numbered_paragraphs(report["document"]))
    for criterion, finding in report["findings"].items():
        assert finding["level"] in range(4), criterion
        assert finding["paragraphs"] or finding["level"] == 0, criterion
        assert known.issuperset(finding["paragraphs"]), criterion


def test_no_report_is_alike_and_each_has_all_four_levels() -> None:
    profiles = [
        [f["level"] for f in report["findings"].values()] for report in load("expected.yaml")["reports"]
    ]
    assert [set(profile) for profile in profiles] == [{0, 1, 2, 3}] * 3
    assert len({tuple(profile) for profile in profiles}) == 3
