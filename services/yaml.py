"""YAML as the catalogue uses it: plain data, no aliases, bounded depth."""

from __future__ import annotations

from typing import Any

import yaml

from domain.errors import Invalid, Problem

DEEPEST = 60


def _check_structure(text: str) -> None:
    """Refuse aliases, with which a small file could unfold into a huge one, and bottomless nesting.

    Looks at the stream of events, so nothing is built before it is known to be harmless.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise _refuse("yaml-alias", "Aliases are not allowed.", line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise _refuse("too-deep", f"Nested deeper than {DEEPEST} levels.", line)


def parse(content: bytes) -> Any:
    """The document's data. Raises Invalid with the line of whatever is wrong."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refuse("not-utf-8", "The file is not UTF-8.", line) from None
    try:
        _check_structure(text)
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refuse("malformed-yaml", f"{error.problem}.", line) from None
    except yaml.YAMLError as error:
        raise _refuse("malformed-yaml", str(error).splitlines()[0], 1) from None
    except ValueError as error:  # a date or number that looks like one and is none
        raise _refuse("malformed-yaml", f"{error}.", 1) from None


def _refuse(code: str, detail: str, line: int) -> Invalid:
    return Invalid("The file cannot be read as YAML.", [Problem("", code, detail, row=line)], code=code)
