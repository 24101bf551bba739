"""What sssom-py makes of mapping sets: run as a process of its own, because it takes seconds to import.

python -m tests.mappings.oracle FILE …: a line of JSON for each file.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from sssom.parsers import parse_sssom_table
from sssom.util import invert_mappings
from sssom.validators import validate


def judged(path: str) -> dict[str, Any]:
    """What its validators find, the rows that it reads, and those of `sssom invert --no-merge-inverted`."""
    found = parse_sssom_table(path)
    reports = validate(found, fail_on_error=False)
    inverse = invert_mappings(found.df, merge_inverted=False)
    return {
        "problems": [result.message for report in reports.values() for result in report.results],
        "rows": found.df.to_dict("records"),
        "inverse": inverse.to_dict("records"),
    }


if __name__ == "__main__":
    logging.disable()
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps(judged(name), default=str) + "\n")
