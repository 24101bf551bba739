"""Reports of the usual length, in words of our own, for benchmarks to file."""

from __future__ import annotations

import re
import runpy
from itertools import count
from pathlib import Path
from typing import Any

from domain.reading.documents import PDF
from domain.submissions.actions import File
from services.loading import SHIPPED

SAMPLES = SHIPPED / "samples"
SOURCES = ("xaa.md", "xcc.md")
USUAL_PAGES = 28
BLOCKS_PER_PAGE = 11.4
"""Of the samples' sources, as their maker sets them."""

NUMBER = re.compile(r"\d+")
FIRST_NUMBER = re.compile(r"(?m)^\d+\. ")


def reports(number: int, folder: Path | None = None) -> list[File]:
    """The PDFs of a folder, or as many reports of 28 pages of our own, no two alike."""
    if folder is not None:
        return [File(path.name, PDF, path.read_bytes()) for path in sorted(folder.glob("*.pdf"))]
    return [File(f"report-{seed}.pdf", PDF, usual_report(seed)) for seed in range(number)]


def usual_report(seed: int) -> bytes:
    """A PDF of 28 pages, written as the samples are: their paragraphs over and over, with other figures."""
    make = _maker()
    wanted = int(USUAL_PAGES * BLOCKS_PER_PAGE)
    source = "\n\n".join((SAMPLES / "sources" / name).read_text(encoding="utf-8") for name in SOURCES)
    told: list[str] = []
    for turn in count():
        told += re.split(r"\n\s*\n", _with_other_figures(source, 31 * seed + turn).strip())
        if len(told) >= wanted:
            break
    numbers = count(1)
    numbered = [FIRST_NUMBER.sub(lambda _: f"{next(numbers)}. ", block) for block in told[:wanted]]
    written: bytes = make["build_pdf"]([make["read_block"](block) for block in numbered])
    return written


def _maker() -> dict[str, Any]:
    return runpy.run_path(str(SAMPLES / "make.py"))


def _with_other_figures(source: str, shift: int) -> str:
    """Years and the numbers of articles stay; counts of three digits and more do not."""
    return NUMBER.sub(
        lambda found: found[0] if len(found[0]) in (1, 2, 4) else str(int(found[0]) + shift), source
    )
