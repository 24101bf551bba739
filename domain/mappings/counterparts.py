"""Where mappings lead from a provision, as JSON: there may be thousands of chains, which share most links.

The bytes have the shape of `schemas.mappings.Counterparts`. References, ids and keys have no characters that
JSON would escape.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from domain.mappings.graph import Path, Step
from domain.mappings.standing import Absence


def answer(paths: Iterable[Path], absences: Iterable[Absence]) -> bytes:
    """Paths with the mappings that they go over, and frameworks that are said to have no counterpart."""
    links = _Links()
    items = ",".join(_counterpart(path, links) for path in paths)
    absent = json.dumps([_absence(absence) for absence in absences], separators=(",", ":"))
    return f'{{"items":[{items}],"no_counterpart":{absent}}}'.encode()


class _Links(dict[int, str]):
    """By the identity of its step in the graph, how a link is written: once, in however many chains."""

    def of(self, step: Step) -> str:
        found = self.get(id(step))
        if found is None:
            found = self[id(step)] = _link(step)
        return found


def _counterpart(path: Path, links: _Links) -> str:
    relation = f'"{path.relation}"' if path.relation else "null"
    chain = ",".join([links.of(step) for step in path.steps])
    return (
        f'{{"provision":"{path.steps[-1].target}","relation":{relation},"kind":"{path.kind}",'
        f'"confidence":{round(path.confidence, 4)},"chain":[{chain}]}}'
    )


def _link(step: Step) -> str:
    link = step.link
    return (
        f'{{"mapping":"{link.mapping}","set":"{link.mapping_set}","relation":"{step.relation}",'
        f'"joint_group":{json.dumps(link.group)}}}'
    )


def _absence(absence: Absence) -> dict[str, str | None]:
    return {"to": absence.framework, "mapping": absence.mapping, "set": absence.mapping_set}
