"""One report by itself: the engine in this process, and the whole way from the upload to the findings."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from typing import Any

import httpx

from bench.evaluation.engine import rubric, thesaurus
from bench.installation import installation, next_report
from bench.processes import pinned
from domain.assessments.appraisal import Material, appraise
from domain.reading.documents import PDF, read
from domain.submissions.actions import File

AT_MOST, ENGINE_AT_MOST, PAGES_AT_LEAST = 3.0, 0.5, 100.0
TIMES, REPEATED = 8, 3
LOOK_EVERY = 0.05
"""Seconds; whoever looks has the same core."""


def engine(files: Sequence[File]) -> dict[str, Any]:
    """Processor time of reading, and of the engine proper: the least of three, as others can only add."""
    by, words = rubric("ccm-gender").model_dump_json(), thesaurus().model_dump_json()
    appraise(by, words, [Material(1, None, PDF, files[0].content)])
    took = [min((_apart(file, by, words) for _ in range(REPEATED)), key=sum) for file in files]
    pages = sum(len({page.number for page in read(file.content, PDF).pages}) for file in files)
    rate, slowest = pages / sum(map(sum, took)), max(judging for _, judging in took)
    print(f"read and assess                   {rate:.0f} pages/CPU-s  (at least {PAGES_AT_LEAST:g})")
    print(f"engine proper, one report         {slowest:.2f} s  (at most {ENGINE_AT_MOST:g})", flush=True)
    return {
        "pages_per_cpu_second": rate,
        "pages_per_cpu_second_least": PAGES_AT_LEAST,
        "engine_seconds": slowest,
        "engine_seconds_most": ENGINE_AT_MOST,
        "reading_seconds": max(reading for reading, _ in took),
        "reports": len(files),
        "pages": pages,
        "ok": rate >= PAGES_AT_LEAST and slowest <= ENGINE_AT_MOST,
    }


def _apart(file: File, by: str, words: str) -> tuple[float, float]:
    """Seconds of reading it, and of marking and judging its text."""
    begun = time.process_time()
    extracted = read(file.content, PDF)
    was_read = time.process_time()
    appraise(by, words, [Material(1, None, None, extracted.text, extracted.pages)])
    return was_read - begun, time.process_time() - was_read


async def whole_way(files: Sequence[File]) -> dict[str, Any]:
    """Seconds from the upload to the findings: servers, API, worker and client on one core together."""
    with pinned(0):
        async with installation() as place:
            with place.process("api"), place.process("worker"), place.client() as client:
                await asyncio.to_thread(_until_ready, client)
                first = await asyncio.to_thread(filed, client, files[0])
                took = [
                    await asyncio.to_thread(filed, client, files[turn % len(files)]) for turn in range(TIMES)
                ]
    print(
        f"upload to findings, one core      {statistics.median(took):.2f} [{min(took):.2f}-{max(took):.2f}]"
        f" s, {first:.2f} s the first after a start  (at most {AT_MOST:g})",
        flush=True,
    )
    return {"seconds": took, "first": first, "limit": AT_MOST, "ok": max(took) <= AT_MOST}


def _until_ready(client: httpx.Client) -> None:
    address = client.base_url.copy_with(path="/readyz")
    for _ in range(600):
        try:
            if client.get(address).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the API does not answer")


def filed(client: httpx.Client, file: File) -> float:
    """File a report, hand it in, wait for its findings: seconds."""
    metadata = next_report().model_dump_json(exclude_none=True).encode()
    parts = {
        "metadata": (None, metadata, "application/json"),
        "file": (file.name, file.content, file.media_type),
    }
    begun = time.perf_counter()
    submission = client.post("submissions", files=parts).raise_for_status().json()["id"]
    client.post(f"submissions/{submission}/submit").raise_for_status()
    while (answer := client.get(f"submissions/{submission}/assessment")).status_code != 200:
        time.sleep(LOOK_EVERY)
    assert answer.json()["findings"]
    return time.perf_counter() - begun
