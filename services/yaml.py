"""YAML as the catalogue uses it: plain data of bounded size and depth, each key once, no aliases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import yaml

from domain.errors import Invalid, Problem, TooLarge

LARGEST = 5 * 1024 * 1024
DEEPEST = 60
MOST_NODES = 300_000
"""Thirty times those of the largest shipped file; reading as many takes three seconds."""


def parse(content: bytes) -> Any:
    """The document's data. Raises TooLarge, or Invalid with the line of whatever is wrong."""
    if len(content) > LARGEST:
        raise TooLarge(f"{len(content):,} bytes are more than the {LARGEST:,} allowed.", limit=LARGEST)
    text = _decoded(content)
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


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refuse("not-utf-8", "The file is not UTF-8.", line) from None


class _Keys:
    """The keys of a mapping whose events pass by: every other scalar or collection in it is a value."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._key_next = True

    def see(self, event: yaml.NodeEvent) -> str | None:
        """The key that the event repeats, if it is one."""
        is_key, self._key_next = self._key_next, not self._key_next
        if not is_key or not isinstance(event, yaml.ScalarEvent):
            return None
        key: str = event.value
        if key in self._seen:
            return key
        self._seen.add(key)
        return None


def _check_structure(text: str) -> None:
    """Refuse aliases, with which a small file could unfold into a huge one, bottomless nesting, double keys.

    Looks at the stream of events, so nothing is built before it is known to be harmless.
    """
    within: list[_Keys | None] = []
    for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        if number > MOST_NODES:
            raise _refuse("too-many-nodes", f"More than {MOST_NODES:,} keys and values.", _line(event))
        if isinstance(event, yaml.AliasEvent):
            raise _refuse("yaml-alias", "Aliases are not allowed.", _line(event))
        if isinstance(event, yaml.CollectionEndEvent):
            within.pop()
        elif isinstance(event, yaml.NodeEvent):
            keys = within[-1] if within else None
            repeated = keys.see(event) if keys is not None else None
            if repeated is not None:
                detail = f"The key `{repeated[:80]}` stands twice in one mapping."
                raise _refuse("duplicate-key", detail, _line(event))
            if isinstance(event, yaml.CollectionStartEvent):
                within.append(_Keys() if isinstance(event, yaml.MappingStartEvent) else None)
                if len(within) > DEEPEST:
                    raise _refuse("too-deep", f"Nested deeper than {DEEPEST} levels.", _line(event))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _refuse(code: str, detail: str, line: int) -> Invalid:
    return Invalid("The file cannot be read as YAML.", [Problem("", code, detail, row=line)], code=code)


@contextmanager
def located(content: bytes) -> Iterator[None]:
    """Problems that are raised inside and point into the document get the line at which it says so."""
    try:
        yield
    except Invalid as refusal:
        if any(problem.row is None for problem in refusal.problems):
            root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.CSafeLoader)
            refusal.problems = [
                problem if problem.row else replace(problem, row=_line_of(root, problem.pointer))
                for problem in refusal.problems
            ]
        raise


def _line_of(root: yaml.Node | None, pointer: str) -> int:
    """The line of what a JSON pointer points to, or of the last thing on the way that exists."""
    node, line = root, 1
    for part in pointer.split("/")[1:]:
        found = _child(node, part)
        if found is None:
            break
        node, line = found
    return line


def _child(node: yaml.Node | None, part: str) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        item = node.value[int(part)]
        return item, item.start_mark.line + 1
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode) and key.value == part:
            return value, key.start_mark.line + 1
    return None


def written(data: Any) -> bytes:
    """The data as a YAML document that people can read and edit."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text.encode()


class _Dumper(yaml.CSafeDumper):
    """Writes the same object twice where it occurs twice: `parse` allows no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
