"""What makes a library document acceptable. Pure: a document in, problems out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator

from domain.errors import Problem
from schemas.catalogue import Library


def fingerprint(library: Library) -> str:
    """SHA-256 of the document's canonical JSON: the same content has the same fingerprint."""
    canonical = json.dumps(library.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def split_reference(reference: str) -> tuple[str, str, str | None]:
    """`ccm:art-7@2008` → framework, local reference, edition."""
    framework, _, rest = reference.partition(":")
    ref, _, edition = rest.partition("@")
    return framework, ref, edition or None


def depths(library: Library) -> dict[str, int]:
    """How deep each provision stands; meaningful once `problems` found none."""
    depth: dict[str, int] = {}
    for provision in library.provisions:
        depth[provision.ref] = depth[provision.parent] + 1 if provision.parent else 0
    return depth


def problems(library: Library, themes: set[str]) -> list[Problem]:
    """Everything that is wrong with the document beyond its shape, all at once."""
    return [
        *_duplicates(library),
        *_parents(library),
        *_indicators(library),
        *_unknown_themes(library, themes),
        *_languages(library),
    ]


def _duplicates(library: Library) -> Iterator[Problem]:
    for place, refs in (
        ("provisions", [item.ref for item in library.provisions]),
        ("indicators", [item.ref for item in library.indicators]),
    ):
        for ref, times in Counter(refs).items():
            if times > 1:
                last = len(refs) - 1 - refs[::-1].index(ref)
                yield Problem(f"/{place}/{last}/ref", "duplicate-reference", f"`{ref}` stands {times} times.")


def _parents(library: Library) -> Iterator[Problem]:
    """A parent stands before its children, so that the list is the tree in reading order and has no cycle."""
    everywhere = {item.ref for item in library.provisions}
    before: set[str] = set()
    for number, item in enumerate(library.provisions):
        if item.parent is not None and item.parent not in before:
            known = item.parent in everywhere
            yield Problem(
                f"/provisions/{number}/parent",
                "parent-after-child" if known else "unknown-parent",
                f"The parent `{item.parent}` of `{item.ref}` "
                + ("must stand before it." if known else "does not exist."),
            )
        before.add(item.ref)


def _indicators(library: Library) -> Iterator[Problem]:
    known = {item.ref for item in library.provisions}
    for number, item in enumerate(library.indicators):
        if item.provision not in known:
            yield Problem(
                f"/indicators/{number}/provision",
                "unknown-provision",
                f"The indicator `{item.ref}` is on `{item.provision}`, which does not exist.",
            )


def _unknown_themes(library: Library, themes: set[str]) -> Iterator[Problem]:
    for number, item in enumerate(library.provisions):
        for theme in item.themes:
            if theme not in themes:
                yield Problem(
                    f"/provisions/{number}/themes",
                    "unknown-theme",
                    f"`{theme}` of `{item.ref}` is not a theme of the vocabulary.",
                )


def _languages(library: Library) -> Iterator[Problem]:
    declared = set(library.edition.languages)
    for number, item in enumerate(library.provisions):
        for field, translations in (("title", item.title), ("summary", item.summary or {})):
            for language in sorted(set(translations) - declared):
                yield Problem(
                    f"/provisions/{number}/{field}/{language}",
                    "undeclared-language",
                    f"`{item.ref}` is translated into `{language}`, which the edition does not declare.",
                )
    for number, indicator in enumerate(library.indicators):
        for language in sorted(set(indicator.title) - declared):
            yield Problem(
                f"/indicators/{number}/title/{language}",
                "undeclared-language",
                f"`{indicator.ref}` is translated into `{language}`, which the edition does not declare.",
            )
