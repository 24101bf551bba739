"""How many pages are read and assessed in a second of processor time."""

from __future__ import annotations

import time
from pathlib import Path

from bench.evaluation.engine import rubric, thesaurus
from bench.evaluation.own_passages import RUBRIC
from domain.assessments.appraisal import Material, appraise
from domain.reading.documents import PDF


def pages_per_second(folder: Path) -> tuple[float, int]:
    """Over all reports of the folder, after one that is not counted; and the number of pages."""
    by, words = rubric(RUBRIC).model_dump_json(), thesaurus().model_dump_json()
    materials = [Material(1, None, PDF, path.read_bytes()) for path in sorted(folder.glob("*.pdf"))]
    appraise(by, words, materials[:1])
    begun = time.process_time()
    pages = sum(len(appraise(by, words, [one]).read[0].pages) for one in materials)
    return pages / (time.process_time() - begun), pages
