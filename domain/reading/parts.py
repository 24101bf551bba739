"""The XML parts of a Word package, whichever of its two namespaces they are in."""

from __future__ import annotations

import zipfile
import zlib

from lxml import etree

from domain.reading.extracts import Limits, Unreadable
from domain.reading.packages import too_large

Element = etree._Element
TOO_DEEP = "Excessive depth"
DEEPEST = 255
"""Of libxml2, which reads both Word and HTML."""


def part(package: zipfile.ZipFile, name: str, limits: Limits) -> Element | None:
    """The root of a part; none if there is no such part. Raises Unreadable."""
    try:
        entry = package.getinfo(name)
    except KeyError:
        return None
    if entry.file_size > limits.markup_bytes:
        raise too_large(
            f"its part {name!r} has {entry.file_size:,} bytes, the limit is {limits.markup_bytes:,}",
            limits.markup_bytes,
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(package.read(entry), parser)
    except etree.XMLSyntaxError as error:
        if TOO_DEEP in str(error):
            raise too_deep() from None
        raise damaged() from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        raise damaged() from None


def too_deep() -> Unreadable:
    return Unreadable(
        "document-nested-too-deeply",
        f"Its tables or other elements stand in one another more than {DEEPEST} deep; make it flatter.",
        DEEPEST,
    )


def damaged() -> Unreadable:
    return Unreadable("document-damaged", "The document cannot be opened; a part is broken.")


def named(element: Element) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant along these names."""
    for name in path:
        if element is None:
            return None
        element = next((found for found in element if named(found) == name), None)
    return element


def value(element: Element | None, name: str = "val") -> str | None:
    """An attribute by its name without namespace."""
    if element is None:
        return None
    return next((str(held) for key, held in element.items() if str(key).rpartition("}")[2] == name), None)


def children(element: Element | None, name: str) -> list[Element]:
    return [found for found in element if named(found) == name] if element is not None else []
