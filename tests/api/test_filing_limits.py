"""What is more than can be judged, or says nothing, is refused when it is filed, with the limit."""

from __future__ import annotations

import httpx
import pytest

from services.database import Sessions
from tests.api.given import TEXT, parts, pointers, problem_of, report
from tests.api.test_bad_documents import PLAIN, counts
from tests.worker_in_process import Worker

SHORT = "Yes.\n\n"


def sections(*texts: str) -> list[dict[str, str]]:
    return [{"key": f"part-{number}", "text": text} for number, text in enumerate(texts, start=1)]


TOO_MUCH = {
    "characters": (["women " * 300_000] * 5, "report-too-long", 8_000_000),
    "sentences of one": ([SHORT * 50_001], "document-too-long", 50_000),
    "sentences of all": ([SHORT * 40_000] * 3, "report-too-long", 100_000),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
async def test_a_report_that_is_too_much_is_refused_with_the_limit(
    admin: httpx.AsyncClient, sessions: Sessions, kind: str
):
    texts, code, limit = TOO_MUCH[kind]
    before = await counts(sessions)
    files = [(f"{number}.txt", text.encode(), PLAIN) for number, text in enumerate(texts)]

    in_sections = await admin.post("/v1/submissions", json=report("HRV") | {"sections": sections(*texts)})
    in_documents = await admin.post("/v1/submissions", files=parts("HRV", *files))

    for answer in (in_sections, in_documents):
        problem = problem_of(answer, 422, code)
        assert problem["limit"] == limit
        assert f"{limit:,}" in problem["detail"]
    assert await counts(sessions) == before


@pytest.mark.parametrize("texts", [[" "], ["... ---", "\n"], ["12", "- 3 -"]])
async def test_sections_without_words_are_refused(admin: httpx.AsyncClient, texts: list[str]):
    answer = await admin.post("/v1/submissions", json=report("HRV") | {"sections": sections(*texts)})

    assert pointers(problem_of(answer, 422, "document-empty")) == {"/sections": "document-empty"}


async def test_a_document_without_words_is_refused(admin: httpx.AsyncClient):
    answer = await admin.post("/v1/submissions", files=parts("HRV", ("a.txt", b"... ---", PLAIN)))

    assert pointers(problem_of(answer, 422, "document-empty")) == {"/file/1": "document-empty"}


async def test_a_section_may_be_left_blank_beside_others(admin: httpx.AsyncClient):
    answer = await admin.post("/v1/submissions", json=report("HRV") | {"sections": sections(TEXT, "-")})

    assert answer.status_code == 201, answer.text


async def test_a_draft_is_not_changed_to_what_would_not_be_filed(admin: httpx.AsyncClient):
    made = await admin.post("/v1/submissions", json=report("SVN"))
    seen = {"If-Match": made.headers["etag"]}

    for texts, code in ((["…"], "document-empty"), ([SHORT * 50_001], "document-too-long")):
        change = {"sections": sections(*texts)}
        answer = await admin.patch(made.headers["location"], json=change, headers=seen)
        problem_of(answer, 422, code)

    change = {"sections": sections("Women work.")}
    assert (await admin.patch(made.headers["location"], json=change, headers=seen)).status_code == 200


async def test_what_is_too_much_together_only_after_a_change_fails_its_own_job_with_the_limit(
    admin: httpx.AsyncClient, worker: Worker
):
    """The text of documents is not known yet when sections are added beside them."""
    long = [(f"{number}.txt", b"women " * 330_000, PLAIN) for number in range(4)]
    made = await admin.post("/v1/submissions", files=parts("NOR", *long))
    changed = await admin.patch(
        made.headers["location"],
        json={"sections": sections("women " * 50_000)},
        headers={"If-Match": made.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    other = await admin.post("/v1/submissions", json=report("SWE"))
    jobs = [await admin.post(f"{one.headers['location']}/submit") for one in (made, other)]
    await worker.drain()

    failed, done = [(await admin.get(job.headers["location"])).json() for job in jobs]

    assert (failed["status"], failed["problem"]["code"]) == ("failed", "report-too-long")
    assert failed["problem"]["limit"] == 8_000_000
    assert (failed["progress"]["done"], failed["progress"]["total"]) == (4, 5)
    assert done["status"] == "succeeded"
