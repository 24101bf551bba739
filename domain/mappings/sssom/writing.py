"""From a mapping set to canonical SSSOM/TSV."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import yaml

from domain.mappings.sssom.absence import FRAMEWORKS, FRAMEWORKS_NAMESPACE
from domain.mappings.sssom.own import OWN_NAMESPACE, PREFIX
from domain.mappings.sssom.slots import CURIE_SLOTS, MAPPING_SLOTS, REQUIRED, SET_SLOTS, condensed
from schemas.mappings import SssomExtension, SssomMapping, SssomSet

NAMESPACE = FRAMEWORKS_NAMESPACE
"""What a prefix is appended to where the set does not say what it stands for."""

MAPPINGS = "mappings"
"""Prefix of the mappings that are held here: their ids follow it."""

_BUILT_IN = {"linkml", "owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd"}
_WELL_KNOWN = {
    "orcid": "https://orcid.org/",
    PREFIX: OWN_NAMESPACE,
    FRAMEWORKS: FRAMEWORKS_NAMESPACE,
    MAPPINGS: "https://focalpoint.example/mappings/",
}

# What JSON leaves as it is in a string and YAML does not print: C1 controls, line ends of Unicode, the BOM.
_NOT_PRINTED_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def render(mapping_set: SssomSet, *, namespace: str = NAMESPACE) -> str:
    """The set as canonical SSSOM/TSV: the same set gives the same text, whatever order its mappings are in.

    Mappings are sorted, decimals have at most three places, and what all mappings share stands once, in
    the header. A prefix that is used and not declared is expanded to `namespace`, itself and a slash.
    """
    shared = condensed(mapping_set)
    extensions = _extensions_in_use(shared)
    lines = [*_header(shared, extensions, namespace), *_table(shared, extensions)]
    return "".join(f"{line}\n" for line in lines)


def _extensions_in_use(mapping_set: SssomSet) -> list[SssomExtension]:
    in_use = set(mapping_set.extensions).union(*(mapping.extensions for mapping in mapping_set.mappings))
    definitions = [item for item in mapping_set.extension_definitions if item.slot_name in in_use]
    return sorted(definitions, key=lambda item: (item.property or "", item.slot_name))


def _header(mapping_set: SssomSet, extensions: Sequence[SssomExtension], namespace: str) -> Iterator[str]:
    written = {
        "curie_map": _prefixes(mapping_set, extensions, namespace),
        "extension_definitions": [item.model_dump(exclude_none=True) for item in extensions],
    }
    for name in SET_SLOTS:
        yield from _yaml(name, written.get(name, getattr(mapping_set, name)))
    for item in extensions:
        yield from _yaml(item.slot_name, mapping_set.extensions.get(item.slot_name))


def _prefixes(mapping_set: SssomSet, extensions: Sequence[SssomExtension], namespace: str) -> dict[str, str]:
    """What each prefix that is used stands for, built-in ones left out, in alphabetical order."""
    curies = [curie for item in extensions for curie in (item.property, item.type_hint) if curie]
    holders: list[SssomSet | SssomMapping] = [mapping_set, *mapping_set.mappings]
    for holder in holders:
        curies += _curies(holder)
    used = {curie.partition(":")[0] for curie in curies} - _BUILT_IN
    known = _WELL_KNOWN | mapping_set.curie_map
    return {prefix: known.get(prefix, f"{namespace}{prefix}/") for prefix in sorted(used)}


def _curies(holder: SssomSet | SssomMapping) -> Iterator[str]:
    for name in CURIE_SLOTS:
        value = getattr(holder, name, None)
        if isinstance(value, str):
            yield value
        else:
            yield from value or ()


def _yaml(name: str, value: Any) -> Iterator[str]:
    """A slot of the header in block style; nothing for one that has no value."""
    if value in (None, [], {}):
        return
    if isinstance(value, dict):
        yield f"#{name}:"
        yield from (f"#  {key}: {_scalar(item)}" for key, item in value.items())
    elif isinstance(value, list):
        yield f"#{name}:"
        for item in value:
            fields = (
                [f"{key}: {_scalar(part)}" for key, part in item.items()] if isinstance(item, dict) else []
            )
            first, *rest = fields or [_scalar(item)]
            yield f"#  - {first}"
            yield from (f"#    {field}" for field in rest)
    else:
        yield f"#{name}: {_scalar(value)}"


def _scalar(value: Any) -> str:
    """Plain where YAML reads the same back, otherwise in double quotes."""
    if not isinstance(value, str):
        return _text(value)
    try:
        plain = yaml.safe_load(f"- {value}") == [value]
    except (yaml.YAMLError, ValueError, RecursionError):
        plain = False
    if plain and "\n" not in value:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _NOT_PRINTED_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _table(mapping_set: SssomSet, extensions: Sequence[SssomExtension]) -> Iterator[str]:
    names = [*MAPPING_SLOTS, *(item.slot_name for item in extensions)]
    rows = sorted([_cells(mapping, extensions) for mapping in mapping_set.mappings])
    used = [
        number for number, name in enumerate(names) if name in REQUIRED or any(row[number] for row in rows)
    ]
    for row in [names, *rows]:
        yield "\t".join(_quoted(row[number]) for number in used)


def _cells(mapping: SssomMapping, extensions: Sequence[SssomExtension]) -> list[str]:
    standard = [_text(getattr(mapping, name)) for name in MAPPING_SLOTS]
    return standard + [mapping.extensions.get(item.slot_name, "") for item in extensions]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        rounded = Decimal(str(value)).quantize(Decimal("0.001"), ROUND_HALF_UP)
        return f"{rounded.normalize() + 0:f}"
    if isinstance(value, list):
        return "|".join(item.replace("\\", "\\\\").replace("|", "\\|") for item in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _quoted(cell: str) -> str:
    if not any(mark in cell for mark in '\t\n\r"'):
        return cell
    return '"' + cell.replace('"', '""') + '"'
