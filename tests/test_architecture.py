"""What docs/architecture.md says of the code that is there."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def test_the_reading_order_names_every_noun():
    table = (PROJECT / "docs/architecture.md").read_text(encoding="utf-8").partition("| folder | says |")[2]
    named = {
        name for row in re.findall(r"^\| (`.+?) \|", table, re.M) for name in re.findall(r"`(\w+)`", row)
    }

    nouns = {path.stem for path in (PROJECT / "domain").glob("[a-z]*") if path.name != "__pycache__"}
    assert nouns <= named
