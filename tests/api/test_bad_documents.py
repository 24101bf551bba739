"""A document that cannot be a report is refused with the reason, and nothing of the filing remains."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import docx
import httpx
import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission
from sqlalchemy import text

from services.database import Sessions
from tests.api.given import parts, pointers, problem_of, report
from tests.worker_in_process import Worker

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PLAIN = "text/plain"
MARKDOWN = "text/markdown"
TABLES = ("submissions", "sections", "documents", "passages", "jobs", "remembered_answers")
MEGABYTE = 1024 * 1024


WORDS = "In 2024, 112 women received assistance."


def pdf(words: str | None = WORDS, *, password: str | None = None) -> bytes:
    """A page with these words, or with none, as a scanner makes it."""
    made = FPDF()
    made.add_page()
    if words is None:
        made.set_fill_color(30, 30, 30)
        made.rect(20, 20, 120, 160, style="F")
    else:
        made.set_font("helvetica", size=12)
        made.multi_cell(0, 8, words)
    if password is not None:
        made.set_encryption(
            owner_password="of the owner", user_password=password, permissions=AccessPermission.none()
        )
    return bytes(made.output())


def word_document() -> bytes:
    made = docx.Document()
    made.add_paragraph(WORDS)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def zip_bomb() -> bytes:
    """A Word document whose text is 300 MB once it is unpacked."""
    content = io.BytesIO(word_document())
    with (
        zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("word/media/bomb.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range(300):
            entry.write(bytes(MEGABYTE))
    return content.getvalue()


def word_document_with_tables_in_tables() -> bytes:
    made = docx.Document()
    cell = made.add_table(rows=1, cols=1).cell(0, 0)
    for _ in range(100):
        cell = cell.add_table(rows=1, cols=1).cell(0, 0)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def damaged_word_document() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_document())) as whole, zipfile.ZipFile(content, "w") as damaged:
        for entry in whole.infolist():
            text = whole.read(entry)
            damaged.writestr(
                entry, text[: len(text) // 2] if entry.filename.endswith("document.xml") else text
            )
    return content.getvalue()


BAD = {
    "encrypted": ("report.pdf", lambda: pdf(password="secret"), PDF, "document-encrypted"),
    "scanned": ("report.pdf", lambda: pdf(None), PDF, "document-without-text"),
    "truncated": ("report.pdf", lambda: pdf()[: len(pdf()) // 2], PDF, "document-truncated"),
    "bomb": ("report.docx", zip_bomb, DOCX, "document-too-large-unpacked"),
    "damaged": ("report.docx", damaged_word_document, DOCX, "document-damaged"),
    "cut off": ("report.docx", lambda: word_document()[:-200], DOCX, "document-truncated"),
    "empty": ("report.txt", bytes, PLAIN, "document-empty"),
    "empty pdf": ("report.pdf", bytes, PDF, "document-empty"),
    "blank": ("report.txt", lambda: b" \n\t ", PLAIN, "document-empty"),
    "wrong extension": ("report.pdf", word_document, PDF, "document-type-mismatch"),
    "wrong type": ("report", pdf, DOCX, "document-type-mismatch"),
    "text that says pdf": ("report.pdf", lambda: b"A report.", PDF, "document-type-mismatch"),
    "picture": ("a.png", lambda: b"\x89PNG\r\n" + bytes(99), "image/png", "document-type-unsupported"),
    "nul": ("report.txt", lambda: b"Women\x00 and men", PLAIN, "text-contains-nul"),
    "no utf-8": ("report.txt", "Unité et égalité".encode("latin-1"), PLAIN, "text-not-utf-8"),
}  # fmt: skip


async def counts(sessions: Sessions) -> dict[str, int | None]:
    async with sessions() as session:
        return {table: await session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES}


@pytest.fixture
async def nothing_remains(sessions: Sessions) -> AsyncIterator[None]:
    before = await counts(sessions)
    yield
    assert await counts(sessions) == before


TOO_MUCH = {
    "long": (lambda: b"women " * 850_000, "a.txt", PLAIN, "document-too-long", 2_000_000),
    "nested": (word_document_with_tables_in_tables, "a.docx", DOCX, "document-nested-too-deeply", 255),
}


Files = list[Any]


async def filed(client: httpx.AsyncClient, files: Files) -> httpx.Response:
    """The answer to a filing that asks to be remembered, so that a remembered refusal would show."""
    return await client.post("/v1/submissions", files=files, headers={"Idempotency-Key": "of this filing"})


@pytest.mark.usefixtures("nothing_remains")
@pytest.mark.parametrize("kind", BAD)
async def test_a_bad_document_is_refused_with_its_reason(admin: httpx.AsyncClient, kind: str):
    name, content, media_type, code = BAD[kind]
    document = (name, content() if callable(content) else content, media_type)

    problem = problem_of(await filed(admin, parts("HRV", document)), 422, code)

    assert problem["detail"].startswith(f"{name}: ")
    assert pointers(problem) == {"/file/1": code}


@pytest.mark.usefixtures("nothing_remains")
@pytest.mark.parametrize("kind", TOO_MUCH)
async def test_a_document_beyond_a_limit_is_refused_with_the_limit(admin: httpx.AsyncClient, kind: str):
    content, name, media_type, code, limit = TOO_MUCH[kind]

    problem = problem_of(await filed(admin, parts("HRV", (name, content(), media_type))), 422, code)

    assert problem["limit"] == limit
    assert f"{limit:,}" in problem["detail"]


async def test_a_document_that_cannot_be_judged_fails_its_own_job_only(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    """Such as one that was filed when the limits were others."""
    poisoned = await admin.post("/v1/submissions", files=parts("NOR", ("a.txt", WORDS.encode(), PLAIN)))
    sound = await admin.post("/v1/submissions", files=parts("SWE", ("a.txt", WORDS.encode(), PLAIN)))
    async with sessions.begin() as session:
        change = text("UPDATE documents SET content = :content WHERE id = :id")
        [document] = poisoned.json()["documents"]
        await session.execute(change, {"content": b"Yes.\n\n" * 50_001, "id": document["id"]})
    jobs = [await admin.post(f"{made.headers['location']}/submit") for made in (poisoned, sound)]
    await worker.drain()

    failed, done = [(await admin.get(job.headers["location"])).json() for job in jobs]

    assert (failed["status"], failed["problem"]["code"]) == ("failed", "document-too-long")
    assert failed["problem"]["detail"].startswith("Document 1: The document has more than 50,000 sentences")
    assert failed["problem"]["limit"] == 50_000
    assert done["status"] == "succeeded"


@pytest.mark.usefixtures("nothing_remains")
@pytest.mark.parametrize("kind", ["encrypted", "scanned", "truncated", "empty", "wrong extension", "nul"])
async def test_one_bad_document_spoils_the_filing(admin: httpx.AsyncClient, kind: str):
    name, content, media_type, code = BAD[kind]
    good = ("annex.txt", b"In 2024, 112 women received assistance.", PLAIN)
    bad = (name, content() if callable(content) else content, media_type)

    problem = problem_of(await filed(admin, parts("HRV", good, bad)), 422, code)

    assert pointers(problem) == {"/file/2": code}


@pytest.mark.usefixtures("nothing_remains")
@pytest.mark.parametrize("others", [0, 2], ids=["alone", "after others"])
async def test_a_document_above_25_mb_is_too_large(admin: httpx.AsyncClient, others: int):
    large = ("large.txt", b"a" * (26 * MEGABYTE), PLAIN)
    small = ("small.txt", b"In 2024, 112 women received assistance.", PLAIN)

    answer = await filed(admin, parts("HRV", *[small] * others, large))

    assert problem_of(answer, 413, "document-too-large")["limit"] == 25 * MEGABYTE


def _ahead() -> str:
    return str(datetime.now(UTC).year + 1)


@pytest.mark.usefixtures("nothing_remains")
@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"state": "QQQ"}, "unknown-state", "/state"),
        ({"framework": "xyz"}, "unknown-framework", "/framework"),
        ({"period": _ahead()}, "period-in-the-future", "/period"),
        ({"period": f"{_ahead()}-Q1"}, "period-in-the-future", "/period"),
        ({"period": "2099-12"}, "period-in-the-future", "/period"),
        ({"period": "2024-13"}, "validation-failed", "/period"),
        ({"period": "last year"}, "validation-failed", "/period"),
        ({"state": "Croatia"}, "validation-failed", "/state"),
    ],
)
@pytest.mark.parametrize("as_json", [True, False], ids=["json", "multipart"])
async def test_what_cannot_be_reported_on_is_refused(
    admin: httpx.AsyncClient, changes: dict[str, str], code: str, pointer: str, as_json: bool
):
    facts = {"state": "HRV", "framework": "ccm", "period": "2024"} | changes
    if as_json:
        answer = await admin.post("/v1/submissions", json=report(**facts))
    else:
        answer = await filed(admin, parts(facts.pop("state"), ("a.txt", b"A report.", PLAIN), **facts))

    assert pointer in pointers(problem_of(answer, 422, code))


METADATA = ("metadata", (None, json.dumps({"framework": "ccm", "state": "HRV", "period": "2024"})))
FILE = ("file", ("a.txt", b"A report on women.", PLAIN))


@pytest.mark.usefixtures("nothing_remains")
@pytest.mark.parametrize(
    ("files", "status", "code"),
    [
        ([METADATA], 422, "file-missing"),
        ([FILE], 422, "metadata-missing"),
        ([METADATA, ("file", (None, "A report on women."))], 422, "file-missing"),
        ([("metadata", (None, "framework=ccm")), FILE], 400, "malformed-json"),
        ([("metadata", (None, "[]")), FILE], 422, "validation-failed"),
        ([("metadata", (None, '{"framework": "ccm"}')), FILE], 422, "validation-failed"),
        ([METADATA, ("file", (" ", b"A report.", PLAIN))], 422, "file-name"),
        ([METADATA, ("file", ("a" * 300 + ".txt", b"A report.", PLAIN))], 422, "file-name"),
    ],
    ids=[
        "no file",
        "no metadata",
        "a file without name",
        "no json",
        "a list",
        "half",
        "blank name",
        "long name",
    ],
)
async def test_a_filing_without_its_parts_is_refused(
    admin: httpx.AsyncClient, files: Files, status: int, code: str
):
    problem_of(await filed(admin, files), status, code)


@pytest.mark.usefixtures("nothing_remains")
async def test_two_sections_of_one_key_are_refused(admin: httpx.AsyncClient):
    draft = report("HRV")
    draft["sections"] *= 2

    problem_of(await admin.post("/v1/submissions", json=draft), 422, "duplicate-section")


@pytest.mark.parametrize(
    ("state", "name", "content", "media_type", "kept_as"),
    [
        ("AUT", "report.pdf", pdf(), PDF, PDF),
        ("BEL", "REPORT.DOCX", word_document(), DOCX, DOCX),
        ("BGR", "rapport.txt", "Égalité des femmes".encode(), "application/octet-stream", PLAIN),
        (
            "CZE",
            "C:\\reports\\report.md",
            b"# Women\n\nHalf of all deminers.",
            "text/markdown",
            "text/markdown",
        ),
    ],
)
async def test_good_documents_are_kept_as_what_they_are(
    admin: httpx.AsyncClient, state: str, name: str, content: bytes, media_type: str, kept_as: str
):
    answer = await admin.post("/v1/submissions", files=parts(state, (name, content, media_type)))

    [document] = answer.json()["documents"]
    assert (document["number"], document["media_type"], document["size"]) == (1, kept_as, len(content))
    assert document["name"] == name.rpartition("\\")[2]


async def test_after_all_these_refusals_good_filings_are_taken(admin: httpx.AsyncClient):
    answer = await filed(admin, parts("HRV", ("report.pdf", pdf(), PDF)))

    assert answer.status_code == 201
