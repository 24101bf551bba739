"""YAML as the catalogue uses it: plain data of bounded size and depth, each key once, no aliases, no tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import yaml

from domain.errors import Invalid, Problem, Refusal, TooLarge
from services.shaping import text_of

Place = tuple[yaml.Node, int]
"""What stands somewhere, and its line."""

LARGEST = 5 * 1024 * 1024
DEEPEST = 60
MOST_NODES = 100_000
"""Eleven times those of the largest shipped file; reading as many takes a second."""


class Document:
    """What a file says, and where it says it."""

    def __init__(self, data: Any, root: yaml.Node | None) -> None:
        self.data = data
        self._root = root
        self._named: dict[yaml.Node, dict[str, Place]] = {}

    def line_of(self, pointer: str) -> int:
        """The line of what a JSON pointer points to, or of the last thing on the way that exists."""
        node, line = self._root, 1
        for part in pointer.split("/")[1:]:
            found = self._child(node, part)
            if found is None:
                break
            node, line = found
        return line

    def _child(self, node: yaml.Node | None, part: str) -> Place | None:
        if isinstance(node, yaml.SequenceNode) and part.isdecimal() and int(part) < len(node.value):
            item = node.value[int(part)]
            return item, item.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            return None
        if node not in self._named:
            self._named[node] = _named(node)
        return self._named[node].get(part)

    def locate(self, refusal: Refusal) -> None:
        """Give problems that point into the document the line at which it says so."""
        refusal.problems = [
            problem if problem.row else replace(problem, row=self.line_of(problem.pointer))
            for problem in refusal.problems
        ]

    @contextmanager
    def located(self) -> Iterator[None]:
        """Refusals that are raised inside and point into the document name its lines."""
        try:
            yield
        except Refusal as refusal:
            self.locate(refusal)
            raise


def _named(node: yaml.MappingNode) -> dict[str, Place]:
    """The values by key, each with the line of its key."""
    return {
        key.value: (value, key.start_mark.line + 1)
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode)
    }


def parse(content: bytes) -> Any:
    """The document's data. Raises TooLarge, or Invalid with the line of whatever is wrong."""
    return read(content).data


def read(content: bytes) -> Document:
    """The document with its lines. Raises TooLarge, or Invalid with the line of whatever is wrong."""
    if len(content) > LARGEST:
        raise TooLarge(f"{len(content):,} bytes are more than the {LARGEST:,} allowed.", limit=LARGEST)
    text = text_of(content)
    try:
        _check_structure(text)
        return _built(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refuse("malformed-yaml", f"{error.problem}.", line) from None
    except yaml.reader.ReaderError as error:
        line = content[: error.position].count(b"\n") + 1
        raise _refuse("malformed-yaml", f"{error.reason}.", line) from None


def _built(text: str) -> Document:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        return Document(None if root is None else loader.construct_document(root), root)
    finally:
        loader.dispose()


class _Loader(yaml.CSafeLoader):
    """Of what YAML 1.1 takes for more than text, the part that a catalogue needs.

    `1:30`, `0x1F`, `1_000` and moments are text here: a number to the base of sixty takes time that grows
    with the square of its length. What is text in YAML 1.1 is text here, or `written` would not quote it.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - as the base has it


_CORE = "tag:yaml.org,2002:"
for _tag, _plain, _first in (
    ("bool", r"(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)", "yYnNtTfFoO"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"(?:(?:[-+]?[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?"
              r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))", "-+.0123456789"),
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
):  # fmt: skip
    _Loader.add_implicit_resolver(_CORE + _tag, re.compile(_plain + r"\Z"), list(_first))


def _with_its_line(construct: Callable[[_Loader, yaml.ScalarNode], Any]) -> Callable[..., Any]:
    def constructed(loader: _Loader, node: yaml.ScalarNode) -> Any:
        try:
            return construct(loader, node)
        except ValueError as error:  # a date that no calendar has, a number of thousands of digits
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from None

    return constructed


for _tag in ("int", "float", "timestamp"):
    _construct = yaml.CSafeLoader.yaml_constructors[_CORE + _tag]
    _Loader.add_constructor(_CORE + _tag, _with_its_line(_construct))


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
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if number > MOST_NODES:
            raise _refuse("too-many-nodes", f"More than {MOST_NODES:,} keys and values.", _line(event))
        if isinstance(event, yaml.CollectionEndEvent):
            within.pop()
        elif isinstance(event, yaml.NodeEvent):
            _check_node(event, within[-1] if within else None)
            if isinstance(event, yaml.CollectionStartEvent):
                within.append(_Keys() if isinstance(event, yaml.MappingStartEvent) else None)
                if len(within) > DEEPEST:
                    raise _refuse("too-deep", f"Nested deeper than {DEEPEST} levels.", _line(event))


_MAY_BEAR_A_TAG = (yaml.ScalarEvent, yaml.CollectionStartEvent)


def _check_node(event: yaml.NodeEvent, keys: _Keys | None) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise _refuse("yaml-alias", "Aliases are not allowed.", _line(event))
    if isinstance(event, _MAY_BEAR_A_TAG) and event.tag is not None:
        raise _refuse("yaml-tag", f"Tags are not allowed: `{event.tag[:80]}`.", _line(event))
    repeated = keys.see(event) if keys is not None else None
    if repeated is not None:
        raise _refuse(
            "duplicate-key", f"The key `{repeated[:80]}` stands twice in one mapping.", _line(event)
        )


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _refuse(code: str, detail: str, line: int) -> Invalid:
    return Invalid("The file cannot be read as YAML.", [Problem("", code, detail, row=line)], code=code)


def written(data: Any) -> bytes:
    """The data as a YAML document that people can read and edit."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text.encode()


class _Dumper(yaml.CSafeDumper):
    """Writes the same object twice where it occurs twice: `parse` allows no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
