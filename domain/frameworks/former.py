"""How the release before editions kept headers marked its documents. Pure.

Databases that it filled, and processes of it that still run beside this release, have such marks.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from domain.frameworks import rules
from schemas.libraries import Library

LATER: dict[str, Any] = {
    "scale": True,
    "deprecated": True,
    "indicators": {
        "__all__": {"baselines", "targets", "data_sources", "responsible", "scale", "growth", "counting"}
    },
}
"""What documents could not say then."""


def fingerprint(library: Library) -> str | None:
    """The mark that the document had; none when it says what none could say."""
    if library.model_dump(mode="json", exclude_defaults=True, exclude=LATER) != rules.canonical(library):
        return None
    document = library.model_dump(mode="json", exclude=LATER)
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
