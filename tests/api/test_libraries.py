"""Library documents: what is refused and where it says so, and that an edition comes out as it went in."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml

from domain.errors import Conflict, Invalid
from schemas.libraries import Library
from services.database import Sessions
from services.loading import SHIPPED, load
from services.yaml import parse, written
from tests.api.given import problem_of

SHIPPED_FILES = sorted((SHIPPED / "frameworks").glob("*.yaml"))
YAML = {"Content-Type": "application/yaml"}

WRONG_IN_EVERY_WAY = """\
framework: {key: ccm, kind: treaty, title: {en: Changed}}
edition:
  key: "2008"
  published: 2008-12-03
  languages: [en]
  source: A/1
provisions:
  - ref: art-1
    kind: article
    title: {en: One}
  - ref: art-1
    kind: article
    title: {en: One again}
  - ref: art-2
    kind: article
    parent: art-99
    title: {en: Orphan}
  - ref: art-3
    kind: article
    parent: art-4
    title: {en: Chicken}
  - ref: art-4
    kind: article
    parent: art-3
    title:
      en: Egg
      fr: Œuf
    themes:
      - women-and-girls
      - knitting
indicators:
  - ref: i-1
    provision: art-98
    title: {en: Number of things}
    kind: number
"""


def bring(client: httpx.AsyncClient, content: str | bytes, at: str = "ccm/editions/2008") -> Any:
    return client.put(f"/v1/frameworks/{at}", content=content, headers=YAML)


async def test_every_problem_is_named_at_once_with_its_line(admin: httpx.AsyncClient):
    problem = problem_of(await bring(admin, WRONG_IN_EVERY_WAY), 422, "invalid-library")

    assert {(item["code"], item["row"]) for item in problem["errors"]} == {
        ("duplicate-reference", 11),
        ("unknown-parent", 16),
        ("cycle", 20),
        ("undeclared-language", 27),
        ("unknown-theme", 30),
        ("unknown-provision", 33),
        ("edition-published", 3),
    }


async def test_the_loader_names_the_file_and_the_lines_too(sessions: Sessions, tmp_path: Path):
    file = tmp_path / "plan.yaml"
    file.write_text(WRONG_IN_EVERY_WAY)

    with pytest.raises(Invalid) as refused:
        await load(sessions, file)

    assert str(file) in refused.value.message
    assert {problem.row for problem in refused.value.problems} == {3, 11, 16, 20, 27, 30, 33}


async def test_a_misspelt_field_is_named_with_its_line(admin: httpx.AsyncClient):
    wrong = WRONG_IN_EVERY_WAY.replace("    parent: art-99", "    parnet: art-99")

    problem = problem_of(await bring(admin, wrong), 422, "invalid-library")

    assert ("/provisions/2/parnet", 16) in [(item["pointer"], item["row"]) for item in problem["errors"]]


async def test_what_is_wrong_in_the_rest_is_named_beside_entries_without_their_shape(
    admin: httpx.AsyncClient,
):
    wrong = WRONG_IN_EVERY_WAY.replace("    parent: art-99", "    parnet: art-99").replace(
        "    kind: number\n", "    kind: number\n    targets: [{printed: many, kind: number, number: .inf}]\n"
    )

    problem = problem_of(await bring(admin, wrong), 422, "invalid-library")

    assert [(item["code"], item["row"]) for item in problem["errors"]] == [
        ("extra-forbidden", 16),
        ("finite-number", 36),
        ("duplicate-reference", 11),
        ("cycle", 20),
        ("unknown-provision", 33),
        ("unknown-theme", 30),
        ("undeclared-language", 27),
    ]


async def test_an_entry_without_its_shape_is_still_there_for_what_rests_on_it(admin: httpx.AsyncClient):
    wrong = (
        MINIMAL.replace("    kind: article\n", "")
        + "  - {ref: b, parent: a, kind: article, title: {en: B}}\n"
    )

    problem = problem_of(await bring(admin, wrong, "small/editions/1"), 422, "invalid-library")

    assert [(item["pointer"], item["row"]) for item in problem["errors"]] == [("/provisions/0/kind", 8)]


async def test_a_changed_edition_names_its_line_when_nothing_else_is_wrong(
    admin: httpx.AsyncClient, sessions: Sessions, tmp_path: Path
):
    content = (SHIPPED / "frameworks" / "ccm.yaml").read_text(encoding="utf-8")
    changed = content.replace("\nedition:\n", "\n\nedition:\n").replace("ref: art-1\n", "ref: art-1x\n", 1)
    line = next(
        number for number, text in enumerate(changed.splitlines(), 1) if text.startswith('  key: "2008')
    )
    file = tmp_path / "ccm.yaml"
    file.write_text(changed, encoding="utf-8")

    problem = problem_of(await bring(admin, changed), 409, "edition-published")
    with pytest.raises(Conflict) as refused:
        await load(sessions, file)

    named = [(item["pointer"], item["code"], item["row"]) for item in problem["errors"]]
    assert named == [("/edition/key", "edition-published", line)]
    assert [item.row for item in refused.value.problems] == [line]


MINIMAL = """\
framework: {key: small, kind: guidance, title: {en: Small}}
edition:
  key: "1"
  published: 2026-01-01
  languages: [en]
  source: A/1
provisions:
  - ref: a
    kind: article
    title: {en: A}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "pointer", "line"),
    [
        ("2026-01-01", "0", "/edition/published", 4),
        ("2026-01-01", "2026-01-01T00:00:00Z", "/edition/published", 4),
        ("[en]", "[en, en]", "/edition/languages/1", 5),
        ("title: {en: A}", "title: {en: A}\n    themes: [children, children]", "/provisions/0/themes/1", 11),
        ("key: small", "key: small.er", "/framework/key", 1),
        ('key: "1"', 'key: ".."', "/edition/key", 3),
        ('key: "1"', 'key: "1-"', "/edition/key", 3),
    ],
)
async def test_days_keys_and_lists_are_what_they_look_like(
    admin: httpx.AsyncClient, right: str, wrong: str, pointer: str, line: int
):
    document = MINIMAL.replace(right, wrong)

    problem = problem_of(await bring(admin, document, "small/editions/1"), 422, "invalid-library")

    assert [(item["pointer"], item["row"]) for item in problem["errors"]] == [(pointer, line)]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"framework": {}, "framework": {}}', 422, "duplicate-key"),
        (b'{"framework": ' + b"[" * 100_000, 400, "malformed-json"),
        (b'{"provisions": ' + b"9" * 5_000 + b"}", 400, "malformed-json"),
        (b'{"framework": "\xe9"}', 400, "malformed-json"),
        (b'{"framework": ', 400, "malformed-json"),
    ],
)
async def test_json_that_cannot_be_taken_at_its_word(
    admin: httpx.AsyncClient, content: bytes, status: int, code: str
):
    headers = {"Content-Type": "application/json"}
    answer = await admin.put("/v1/frameworks/small/editions/1", content=content, headers=headers)

    problem_of(answer, status, code)


@pytest.mark.parametrize("number", ["1e999", "Infinity", "NaN"])
async def test_a_number_without_end_is_refused_in_json_too(admin: httpx.AsyncClient, number: str):
    document: dict[str, Any] = yaml.load(MINIMAL, Loader=_WithoutDates)
    target = {"printed": "many", "kind": "number", "number": "N"}
    document["indicators"] = [
        {"ref": "i", "provision": "a", "title": {"en": "I"}, "kind": "number", "targets": [target]}
    ]
    content = json.dumps(document).replace('"N"', number)

    answer = await admin.put(
        "/v1/frameworks/small/editions/1", content=content, headers={"Content-Type": "application/json"}
    )

    problem = problem_of(answer, 422, "invalid-library")
    assert [item["pointer"] for item in problem["errors"]] == ["/indicators/0/targets/0/number"]


async def test_what_an_edition_drops_in_silence_is_told(admin: httpx.AsyncClient):
    more = "  - {ref: b, kind: article, title: {en: B}}\n  - {ref: c, kind: article, title: {en: C}}\n"
    second = MINIMAL.replace('key: "1"', 'key: "2"').replace("2026-01-01", "2026-02-01")

    first = await bring(admin, MINIMAL.replace("small", "silent") + more, "silent/editions/1")
    later = await bring(
        admin,
        second.replace("small", "silent") + "deprecated: [{ref: b}, {ref: cc}]\n",
        "silent/editions/2",
    )

    assert (first.json()["undeclared"], later.json()["undeclared"]) == ([], ["c"])


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
FIGURE = b"""\
framework: {key: ccm, kind: treaty, title: {en: Changed}}
edition: {key: "2008", published: 2008-12-03, languages: [en], source: A/1}
provisions: [{ref: a, kind: article, title: {en: One}}]
indicators:
  - ref: i
    provision: a
    title: {en: I}
    kind: number
    targets:
      - kind: number
        number: %s
        printed: "1"
"""
BAD_FILES = {
    "over the limit": (b"provisions:\n" + b"- x: y\n" * 800_000, 413, "too-large", None),
    "billion laughs": (LAUGHS.encode(), 422, "yaml-alias", 2),
    "10,000 levels": (b"a:\n  " + b"[" * 10_000, 422, "too-deep", 2),
    "10,000 levels of mappings": (b"{a: " * 10_000, 422, "too-deep", 1),
    "Latin-1": ("framework:\n  title: Égalité".encode("latin-1"), 422, "not-utf-8", 2),
    "a key twice": (b"framework:\n  key: a\n  kind: treaty\n  key: b\n", 422, "duplicate-key", 4),
    "a number that has no end": (FIGURE % b".inf", 422, "invalid-library", 11),
    "no number": (FIGURE % b".nan", 422, "invalid-library", 11),
    "a number beyond all": (FIGURE % b"1.0e+999", 422, "invalid-library", 11),
    "more digits than a number has": (FIGURE % (b"9" * 1_000_000), 422, "malformed-yaml", 11),
    "a number to the base of sixty": (FIGURE % (b"1:" * 2_000_000 + b"1"), 422, "invalid-library", 11),
    "another to the base of sixty": (FIGURE % (b"1:" * 2_000_000 + b"1.5"), 422, "invalid-library", 11),
    "a tag": (b"framework:\n  key: !!bool x\n", 422, "yaml-tag", 2),
    "a tag of a day": (b"framework:\n  key: !!timestamp x\n", 422, "yaml-tag", 2),
    "a tag of nothing": (b"framework:\n  key: !!int ''\n", 422, "yaml-tag", 2),
    "a tag of a list": (b"framework:\n  key: !!set [a]\n", 422, "yaml-tag", 2),
    "a day in no calendar": (b"edition:\n  published: 2008-13-45\n", 422, "malformed-yaml", 2),
    "a list for a key": (b"framework: {}\n? [a]\n: b\n", 422, "malformed-yaml", 2),
    "a control character": (b"framework:\n  key: \x01\n", 422, "malformed-yaml", 2),
    "thousands of unknown keys": (
        b"".join(b"k%d: x\n" % number for number in range(5_000)), 422, "invalid-library", 1,
    ),
    "half a file": (b"framework: {key: a\n", 422, "malformed-yaml", 2),
    "more nodes than can be read at once": (b"[" + b"a," * 310_000 + b"]", 422, "too-many-nodes", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
async def test_a_file_made_to_do_harm_is_refused_within_a_second_of_the_processor(
    name: str, admin: httpx.AsyncClient
):
    content, status, code, line = BAD_FILES[name]
    begun = time.process_time()

    problem = problem_of(await bring(admin, content), status, code)

    assert time.process_time() - begun < 1
    assert line is None or problem["errors"][0]["row"] == line


async def test_a_file_over_the_limit_is_told_the_place_and_the_limit(admin: httpx.AsyncClient):
    problem = problem_of(await bring(admin, BAD_FILES["over the limit"][0]), 413, "too-large")

    assert "/v1/frameworks/ccm/editions/2008" in problem["detail"]
    assert "5,242,880 bytes" in problem["detail"]


async def test_a_large_document_keeps_nobody_waiting(admin: httpx.AsyncClient, anonymous: httpx.AsyncClient):
    provisions = "".join(f"  - {{ref: a{n}, kind: article, title: {{en: A}}}}\n" for n in range(3_000))
    begun = time.perf_counter()
    large = asyncio.create_task(bring(admin, MINIMAL + provisions + "  - {}\n", "small/editions/1"))
    waits = []
    while not large.done():
        asked = time.perf_counter()
        assert (await anonymous.get("/healthz")).status_code == 200
        waits.append(time.perf_counter() - asked)
        await asyncio.sleep(0.01)

    problem_of(await large, 422, "invalid-library")
    assert max(waits) < (time.perf_counter() - begun) / 2


@pytest.mark.parametrize(
    "text",
    ["1.5e3", "1.5e+3", "-.5", ".5", ".inf", "1:30", "0x1F", "010", "1_000", "2026-01-01",
     "2026-01-01 10:00:00", "no", "~", "null", "=", "<<", "!a", "&a", "*a", "1", "-1", "1e5", ""],
)  # fmt: skip
def test_text_that_looks_like_something_else_is_written_so_that_it_stays_text(text: str):
    assert parse(written({"a": text, text: "b"})) == {"a": text, text: "b"}


def as_json(file: Path) -> Any:
    """The file as data that JSON can hold: its dates as they are written."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_WithoutDates)


class _WithoutDates(yaml.CSafeLoader):
    pass


_WithoutDates.yaml_implicit_resolvers = {
    first: [item for item in resolvers if item[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("file", SHIPPED_FILES, ids=lambda file: file.stem)
async def test_a_shipped_edition_comes_out_as_it_went_in(file: Path, admin: httpx.AsyncClient):
    document = as_json(file)
    place = f"{document['framework']['key']}/editions/{document['edition']['key']}"

    as_yaml = await admin.get(f"/v1/frameworks/{place}", headers={"Accept": "application/yaml"})
    plain = await admin.get(f"/v1/frameworks/{place}")

    assert Library.model_validate(yaml.safe_load(as_yaml.content)) == Library.model_validate(document)
    assert Library.model_validate(plain.json()) == Library.model_validate(document)
    assert (await bring(admin, as_yaml.content, place)).json()["status"] == "unchanged"


async def test_a_shipped_file_is_valid_under_the_published_schema(anonymous: httpx.AsyncClient):
    schema = (await anonymous.get("/v1/schemas/library.json")).json()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    assert {file.stem: list(validator.iter_errors(as_json(file))) for file in SHIPPED_FILES} == {
        file.stem: [] for file in SHIPPED_FILES
    }
    assert list(validator.iter_errors({"framework": {"key": "X"}}))


async def test_there_is_no_schema_of_what_is_no_document(anonymous: httpx.AsyncClient):
    assert (await anonymous.get("/v1/schemas/state-of-mind.json")).status_code == 422
