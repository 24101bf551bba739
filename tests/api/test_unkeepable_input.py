"""What no table could hold and no reader take apart is refused by name, never stumbled over."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.given import meeting, parts, pointers, problem_of, report

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/v1/frameworks/%00",
        "/v1/frameworks/ccm%00",
        "/v1/submissions?framework=%00",
        "/v1/states?cursor=%00",
        "/v1/calendar.ics?token=a%00",
    ],
)
async def test_an_address_with_nul_names_nothing(admin: httpx.AsyncClient, path: str):
    problem_of(await admin.get(path), 404, "not-found")


@pytest.mark.parametrize("text", ["\\u0000", "a\\u0000b", "\\ud800", "\\udfff\\ud800"])
@pytest.mark.parametrize(
    "body",
    [
        '{"name": "%s", "scopes": ["admin"]}',
        '{"name": "a", "scopes": ["%s"]}',
        '{"name": "a", "scopes": ["admin"], "state": "%s"}',
        '{"name": "a", "scopes": ["admin"], "%s": 1}',
    ],
)
async def test_characters_that_cannot_be_kept_are_refused_in_json(
    admin: httpx.AsyncClient, body: str, text: str
):
    answer = await admin.post("/v1/api-keys", content=(body % text).encode(), headers=JSON)

    problem_of(answer, 422, "validation-failed")


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
async def test_characters_that_cannot_be_kept_are_refused_in_a_filing(admin: httpx.AsyncClient, text: str):
    body = '{"framework": "ccm", "state": "HRV", "period": "2024", "sections": [{"key": "a", "text": "%s"}]}'
    answer = await admin.post("/v1/submissions", content=(body % text).encode(), headers=JSON)

    assert answer.status_code in (400, 422)
    problem_of(answer, answer.status_code, "malformed-json" if "d800" in text else "validation-failed")


@pytest.mark.parametrize(
    "content",
    [
        b"a: [",
        b"a: \xff",
        b"framework: " + b"9" * 5_000,
        b"framework: 2020-13-45",
        b"{[a]: b}",
        b"a: &x 1\nb: *x",
    ],
    ids=["cut off", "not UTF-8", "an endless number", "no date", "a list as key", "an alias"],
)
async def test_what_is_no_yaml_is_refused_with_its_line(admin: httpx.AsyncClient, content: bytes):
    answer = await admin.put(
        "/v1/frameworks/x/editions/1", content=content, headers={"Content-Type": "application/yaml"}
    )

    assert answer.json()["code"] in ("malformed-yaml", "not-utf-8", "yaml-alias")
    problem = problem_of(answer, 422, answer.json()["code"])
    assert [item["row"] for item in problem["errors"]] in ([1], [2])


@pytest.mark.parametrize(("number", "code"), [(10**30, "less-than-equal"), (-(10**30), "greater-than-equal")])
async def test_numbers_that_fit_nowhere_are_refused(admin: httpx.AsyncClient, number: int, code: str):
    answer = await admin.post("/v1/meetings", json=meeting(duration_minutes=number))

    assert pointers(problem_of(answer, 422, "validation-failed")) == {"/duration_minutes": code}


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "soon"])
async def test_times_that_fit_nowhere_are_refused(admin: httpx.AsyncClient, when: str):
    answer = await admin.post("/v1/api-keys", json={"name": "a", "scopes": ["admin"], "expires": when})

    assert "/expires" in pointers(problem_of(answer, 422, "validation-failed"))


async def test_figures_that_fit_nowhere_are_refused(admin: httpx.AsyncClient):
    library: dict[str, Any] = {
        "framework": {"key": "x", "kind": "treaty", "title": {"en": "X"}},
        "edition": {"key": "1", "published": "2020-01-01", "languages": ["en"], "source": "X"},
        "provisions": [],
        "claims": [{"other": "ccm", "figure": 10**30, "statement": "X", "source": "X"}],
    }
    answer = await admin.put("/v1/frameworks/x/editions/1", json=library)

    assert pointers(problem_of(answer, 422, "invalid-library")) == {"/claims/0/figure": "less-than-equal"}


async def test_a_text_beyond_its_limit_is_refused(admin: httpx.AsyncClient):
    answer = await admin.post("/v1/submissions", json=report("HRV", text="a" * 2_000_001))

    assert pointers(problem_of(answer, 422, "validation-failed")) == {"/sections/0/text": "string-too-long"}


@pytest.mark.parametrize("key", ["", "a" * 256, "a\x7fb"])
async def test_an_idempotency_key_that_cannot_be_one_is_refused(admin: httpx.AsyncClient, key: str):
    answer = await admin.post("/v1/meetings", json=meeting(), headers={"Idempotency-Key": key})

    problem_of(answer, 422, "invalid-idempotency-key")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--x--\r\n"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nHalf of the tex',
        ),
        ("multipart/form-data; boundary=x", b"nothing"),
    ],
    ids=["no boundary", "no name", "cut off in a header", "cut off in a file", "no part"],
)
async def test_a_damaged_multipart_body_is_malformed(admin: httpx.AsyncClient, kind: str, body: bytes):
    answer = await admin.post("/v1/submissions", content=body, headers={"Content-Type": kind})

    problem_of(answer, 400, "malformed-multipart")


async def test_more_files_than_a_filing_may_have_are_refused(admin: httpx.AsyncClient):
    answer = await admin.post(
        "/v1/submissions", files=parts("HRV", *[("a.txt", b"A report.", "text/plain")] * 21)
    )

    assert "20" in problem_of(answer, 400, "malformed-multipart")["detail"]


async def test_a_wrong_host_header_breaks_nothing(admin: httpx.AsyncClient):
    answer = await admin.get("/v1/states?limit=1", headers={"Host": "[half"})

    assert answer.status_code == 200
