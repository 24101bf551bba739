"""Library documents: what is refused and where it says so, and that an edition comes out as it went in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml

from domain.errors import Invalid
from schemas.libraries import Library
from services.database import Sessions
from services.loading import SHIPPED, load
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

    assert [(item["pointer"], item["row"]) for item in problem["errors"]] == [("/provisions/2/parnet", 16)]


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BAD_FILES = {
    "over the limit": (b"provisions:\n" + b"- x: y\n" * 800_000, 413, "too-large", None),
    "billion laughs": (LAUGHS.encode(), 422, "yaml-alias", 2),
    "10,000 levels": (b"a:\n  " + b"[" * 10_000, 422, "too-deep", 2),
    "10,000 levels of mappings": (b"{a: " * 10_000, 422, "too-deep", 1),
    "Latin-1": ("framework:\n  title: Égalité".encode("latin-1"), 422, "not-utf-8", 2),
    "a key twice": (b"framework:\n  key: a\n  kind: treaty\n  key: b\n", 422, "duplicate-key", 4),
    "half a file": (b"framework: {key: a\n", 422, "malformed-yaml", 2),
    "more nodes than can be read at once": (b"[" + b"a," * 310_000 + b"]", 422, "too-many-nodes", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
async def test_a_file_made_to_do_harm_is_refused_within_a_second(name: str, admin: httpx.AsyncClient):
    content, status, code, line = BAD_FILES[name]
    begun = time.perf_counter()

    problem = problem_of(await bring(admin, content), status, code)

    assert time.perf_counter() - begun < 1
    assert line is None or problem["errors"][0]["row"] == line


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
