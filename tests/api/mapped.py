"""Small frameworks, mappings between them, and a report under one that has been reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import httpx

from tests.api.given import assessed, report
from tests.worker_in_process import Worker

Found = dict[str, Any]

NOWHERE = "sssom:NoTermFound"


def library(
    key: str,
    refs: Sequence[str],
    *,
    edition: str = "2024",
    themes: Sequence[str] = (),
    by_ref: Mapping[str, Sequence[str]] = MappingProxyType({}),
    **changes: Any,
) -> Found:
    """An agenda, which speaks to every State; its provisions are called by their references.

    Each has the `themes`, unless others are given `by_ref`.
    """
    return {
        "framework": {"key": key, "kind": "agenda", "title": {"en": f"Agenda {key}"}} | changes,
        "edition": {"key": edition, "published": f"{edition}-01-01", "languages": ["en"], "source": "A/1"},
        "provisions": [
            {"ref": "all", "kind": "chapter", "title": {"en": "Everything"}, "assessable": False},
            *(
                {"ref": ref, "parent": "all", "kind": "action", "title": {"en": f"Title {ref}"}}
                | {"themes": list(by_ref.get(ref, themes))}
                for ref in refs
            ),
        ],
    }


def rubric(key: str, refs: Sequence[str], **changes: Any) -> Found:
    """A criterion on each provision, called as it is."""
    criteria = [
        {
            "key": ref,
            "title": {"en": f"Criterion {ref}"},
            "provisions": [f"{key}:{ref}"],
            "concepts": [{"all": ["survivors", "women"]}],
        }
        for ref in refs
    ]
    return {
        "key": key, "edition": "1", "framework": key, "title": {"en": key}, "criteria": criteria
    } | changes  # fmt: skip


def row(subject: str, match: str, target: str, **slots: Any) -> Found:
    """`match` as in `skos:broadMatch`: the target is the broader one, and contains the subject."""
    return {
        "subject_id": subject,
        "predicate_id": f"skos:{match}Match",
        "object_id": target,
        "mapping_justification": "semapv:ManualMappingCuration",
    } | slots


def mapping_set(*rows: Found, **slots: Any) -> Found:
    return {
        "mapping_set_id": "https://example.org/mappings/of-a-test",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "extension_definitions": [{"slot_name": "joint_group"}],
        "mappings": list(rows),
    } | slots


@dataclass(frozen=True)
class Mapped:
    """Frameworks of one test's own, reached through an administrator's client."""

    client: httpx.AsyncClient
    worker: Worker
    name: str

    def key(self, short: str) -> str:
        return f"{self.name}-{short}"

    def ref(self, short: str) -> str:
        """`a:1` is provision 1 of the framework that is called a here."""
        framework, _, ref = short.partition(":")
        return f"{self.key(framework)}:{ref}"

    async def framework(self, short: str, *refs: str, edition: str = "2024", **changes: Any) -> None:
        document = library(self.key(short), refs, edition=edition, **changes)
        place = f"/v1/frameworks/{self.key(short)}/editions/{edition}"
        answer = await self.client.put(place, json=document)
        assert answer.status_code == 201, answer.text

    async def judged(self, short: str, *refs: str, **changes: Any) -> None:
        """Have the framework a rubric."""
        document = rubric(self.key(short), refs, **changes)
        place = f"/v1/rubrics/{self.key(short)}/editions/{document['edition']}"
        answer = await self.client.put(place, json=document)
        assert answer.status_code == 201, answer.text

    async def bring(self, short: str, *links: Sequence[Any]) -> httpx.Response:
        """A mapping set of these links: subject, match and target, perhaps with more slots."""
        rows = [
            row(self.ref(subject), match, NOWHERE if target is None else self.ref(target), **dict(*slots))
            for subject, match, target, *slots in links
        ]
        answer = await self.client.put(f"/v1/mapping-sets/{self.key(short)}", json=mapping_set(*rows))
        assert answer.is_success, answer.text
        return answer

    async def reviewed(self, short: str, levels: Mapping[str, int | None], **filed: Any) -> str:
        """The address of a report whose findings are at these levels; None: not applicable."""
        draft = report(filed.pop("state", "XAA"), framework=self.key(short), **filed)
        path = await assessed(self.client, self.worker, await self.client.post("/v1/submissions", json=draft))
        for criterion, level in levels.items():
            await self.decide(path, criterion, level)
        return path

    async def decide(self, path: str, criterion: str, level: int | None) -> None:
        read = await self.client.get(f"{path}/assessment")
        answer = await self.client.patch(
            f"/v1/assessments/{read.json()['id']}/findings/{criterion}",
            json={"level": level, "applicable": level is not None, "reason": "Read again."},
            headers={"If-Match": read.headers["etag"]},
        )
        assert answer.status_code == 200, answer.text

    async def crosswalk(self, path: str, short: str) -> Found:
        answer = await self.client.get(f"{path}/crosswalk", params={"to": self.key(short)})
        assert answer.status_code == 200, answer.text
        found: Found = answer.json()
        return found

    async def items(self, path: str, short: str) -> dict[str, Found]:
        """By provision, without the framework."""
        found = (await self.crosswalk(path, short))["items"]
        return {item["provision"].partition(":")[2]: item for item in found}

    async def words(self, path: str, short: str) -> dict[str, str]:
        return {ref: item["established"] for ref, item in (await self.items(path, short)).items()}


def mapped(client: httpx.AsyncClient, worker: Worker) -> Mapped:
    return Mapped(client, worker, f"t{uuid4().hex[:10]}")
