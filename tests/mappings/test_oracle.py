"""sssom-py, the reference implementation of SSSOM, as an oracle: our export is valid, our inverse its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from domain.mappings import sssom
from schemas.mappings import SssomSet

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "catalogue" / "mappings").glob("*.sssom.tsv"))

Row = dict[str, Any]


def said(subject: str, predicate: str, target: str, **slots: Any) -> Row:
    return {
        "subject_id": subject,
        "predicate_id": f"skos:{predicate}",
        "object_id": target,
        "mapping_justification": "semapv:ManualMappingCuration",
    } | slots


EVERYTHING = SssomSet.model_validate(
    {
        "mapping_set_id": "https://example.org/sets/everything",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "mapping_set_title": "Everything: that a set can say",
        "extension_definitions": [
            {"slot_name": name, "property": f"focalpoint:{name}", "type_hint": "xsd:string"}
            for name in ("status", "rationale", "source_paragraph", "joint_group")
        ],
        "mappings": [
            said("ccm:art-1", "exactMatch", "crpd:art-1", confidence=0.95, subject_label="One", comment='"'),
            said("ccm:art-2", "closeMatch", "crpd:art-2", object_label="Two", see_also=["https://a.example/"]),
            said("ccm:art-3", "broadMatch", "crpd:art-3", extensions={"joint_group": "three"}),
            said("ccm:art-4", "broadMatch", "crpd:art-3", extensions={"joint_group": "three"}),
            said("ccm:art-5", "narrowMatch", "crpd:art-5", subject_category="a", mapping_cardinality="1:n"),
            said("ccm:art-6", "relatedMatch", "crpd:art-6", extensions={"status": "suggested"}),
            said("ccm:art-7", "relatedMatch", "crpd:art-7", predicate_modifier="Not", object_label="Seven"),
            said(
                "ccm:art-8", "exactMatch", "sssom:NoTermFound",
                mapping_cardinality="1:0", object_source="frameworks:crpd",
            ),
            said(
                "sssom:NoTermFound", "exactMatch", "crpd:art-9",
                mapping_cardinality="0:1", subject_source="frameworks:ccm",
            ),
            said(
                "ccm:art-10", "relatedMatch", "crpd:art-10",
                author_label=["A|B", "C"], reviewer_label=["D"], review_date="2026-01-31",
                reviewer_agreement=0.5,
                extensions={"rationale": "functional", "source_paragraph": "Working paper, para. 10(b)"},
            ),
        ],
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def sets() -> dict[str, SssomSet]:
    shipped = {path.name: sssom.parse(path.read_text(encoding="utf-8")) for path in SHIPPED}
    return shipped | {"everything": sssom.accept(EVERYTHING)}


@pytest.fixture(scope="module")
def judged(sets: dict[str, SssomSet], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """By name, what sssom-py says of our export, and under `inverse of …` of our inverse."""
    folder = tmp_path_factory.mktemp("sets")
    texts = {name: sssom.render(found) for name, found in sets.items()}
    texts |= {f"inverse of {name}": sssom.render(sssom.inverted(found)) for name, found in sets.items()}
    files = [folder / f"{number}.sssom.tsv" for number in range(len(texts))]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-m", "tests.mappings.oracle", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return dict(zip(texts, map(json.loads, done.stdout.splitlines()), strict=True))


def test_what_we_export_is_valid_and_read_whole(sets: dict[str, SssomSet], judged: dict[str, Row]):
    assert len(SHIPPED) > 1
    for name, found in sets.items():
        for title in (name, f"inverse of {name}"):
            assert judged[title]["problems"] == [], title
            assert len(judged[title]["rows"]) == len(found.mappings), title


def is_empty(value: Any) -> bool:
    """What sssom-py has where a cell is empty: nothing, or not a number."""
    return value in ("", None) or value != value


def rows(found: list[Row], *, without: tuple[str, ...] = ()) -> Counter[str]:
    """Rows whatever their order, without what is empty."""
    kept = [
        {name: value for name, value in row.items() if name not in without and not is_empty(value)}
        for row in found
    ]
    return Counter(json.dumps(row, sort_keys=True) for row in kept)


def test_our_inverse_is_that_of_sssom_py(judged: dict[str, Row], sets: dict[str, SssomSet]):
    # It leaves a cardinality as it was, which then no longer fits the sides.
    without = ("mapping_cardinality",)
    for name in sets:
        ours, theirs = judged[f"inverse of {name}"]["rows"], judged[name]["inverse"]
        assert rows(ours, without=without) == rows(theirs, without=without), name


def test_a_cardinality_turns_with_its_sides(judged: dict[str, Row]):
    turned = {
        row["subject_id"]: row["mapping_cardinality"] for row in judged["inverse of everything"]["rows"]
    }

    assert turned["crpd:art-5"] == "n:1"
    assert turned["sssom:NoTermFound"] == "0:1"
    assert turned["crpd:art-9"] == "1:0"


def test_the_inverse_of_the_inverse_says_what_the_set_says():
    found = sssom.accept(EVERYTHING)
    twice = sssom.inverted(sssom.inverted(found))
    own = "mapping_justification"

    assert [row.model_dump(exclude={own}) for row in twice.mappings] == [
        row.model_dump(exclude={own}) for row in found.mappings
    ]
    assert twice.mapping_set_source == [sssom.inverted(found).mapping_set_id]


def test_an_inverse_can_be_brought_as_a_set_of_its_own():
    inverse = sssom.parse(sssom.render(sssom.inverted(sssom.accept(EVERYTHING))))

    groups = [row for row in inverse.mappings if row.extensions.get("joint_group") == "three"]
    assert [(row.subject_id, row.predicate_id, row.object_id) for row in groups] == [
        ("crpd:art-3", "skos:narrowMatch", "ccm:art-3"),
        ("crpd:art-3", "skos:narrowMatch", "ccm:art-4"),
    ]
