"""The documents of the catalogue by name, and the JSON Schema of each for editors and other systems."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from schemas.catalogue import InstrumentList, MembershipList, StateList, ThemeList
from schemas.libraries import Library
from schemas.rubrics import Rubric
from schemas.thesauri import Thesaurus

DOCUMENTS: dict[str, type[BaseModel]] = {
    "instruments": InstrumentList,
    "library": Library,
    "memberships": MembershipList,
    "rubric": Rubric,
    "states": StateList,
    "themes": ThemeList,
    "thesaurus": Thesaurus,
}


def json_schema(name: str) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one kind of document. Raises KeyError for a name not in `DOCUMENTS`."""
    shape = DOCUMENTS[name]
    head = {"$schema": GenerateJsonSchema.schema_dialect, "$id": f"urn:focalpoint:schemas:{name}"}
    return head | shape.model_json_schema()


def rendered(name: str) -> str:
    """The same as a file of the repository and as the API gives it."""
    return json.dumps(json_schema(name), indent=1, ensure_ascii=False) + "\n"
