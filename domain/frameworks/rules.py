"""What makes a library document acceptable. Pure: a document in, problems out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from domain.errors import Problem
from schemas.libraries import Library, ScaleLevel


def canonical(library: Library) -> dict[str, object]:
    """The document without what its format takes for granted: equal content has an equal canonical form."""
    return library.model_dump(mode="json", exclude_defaults=True)


def fingerprint(library: Library) -> str:
    """SHA-256 of the canonical form as JSON with sorted keys, in UTF-8."""
    text = json.dumps(canonical(library), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


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
        *_places_of_indicators(library),
        *_scale(library),
        *_measures(library),
        *_deprecated(library),
        *_unknown_themes(library, themes),
        *_languages(library),
        *_repetitions(library),
    ]


def repeated(items: Iterable[str], place: str) -> Iterator[Problem]:
    """What stands in a list again. `place` is the pointer of an item, with `{}` for its number."""
    seen: set[str] = set()
    for number, item in enumerate(items):
        if item in seen:
            yield Problem(place.format(number), "repeated", f"`{item}` is in the list already.")
        seen.add(item)


def undeclared(library: Library, before: Iterable[str]) -> list[str]:
    """References of the edition before that this one neither holds nor declares to be deprecated."""
    accounted = {ref for ref, _ in _references(library)} | {item.ref for item in library.deprecated}
    return [ref for ref in before if ref not in accounted]


def _references(library: Library) -> Iterator[tuple[str, str]]:
    """Every reference with its place; provisions and indicators share one space of names."""
    for number, provision in enumerate(library.provisions):
        yield provision.ref, f"/provisions/{number}/ref"
    for number, indicator in enumerate(library.indicators):
        yield indicator.ref, f"/indicators/{number}/ref"


def _duplicates(library: Library) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for ref, place in _references(library):
        if ref in first:
            yield Problem(place, "duplicate-reference", f"`{ref}` stands at {first[ref]} already.")
        first.setdefault(ref, place)


def _parents(library: Library) -> Iterator[Problem]:
    """A parent stands before its children, so that the list is the tree in reading order."""
    parents = {item.ref: item.parent for item in library.provisions}
    circles = _circles(parents)
    circling = {ref for circle in circles for ref in circle}
    places = {item.ref: f"/provisions/{number}/parent" for number, item in enumerate(library.provisions)}
    for circle in circles:
        detail = f"{_arrows(circle)}: each stands under the one that follows it."
        yield Problem(places[circle[0]], "cycle", detail)
    before: set[str] = set()
    for number, item in enumerate(library.provisions):
        if item.parent is not None and item.parent not in before and item.ref not in circling:
            known = item.parent in parents
            yield Problem(
                f"/provisions/{number}/parent",
                "parent-after-child" if known else "unknown-parent",
                f"The parent `{item.parent}` of `{item.ref}` "
                + ("must stand before it." if known else "does not exist."),
            )
        before.add(item.ref)


def _circles(parents: dict[str, str | None]) -> list[list[str]]:
    """The ways up that come back to where they began, in time proportional to the number of nodes."""
    seen: set[str] = set()
    circles = []
    for start in parents:
        path: dict[str, int] = {}
        here: str | None = start
        while here in parents and here not in seen:
            seen.add(here)
            path[here] = len(path)
            here = parents[here]
        if here in path:
            circles.append(list(path)[path[here] :])
    return circles


def _arrows(circle: list[str]) -> str:
    shown = [f"`{ref}`" for ref in circle[:6]] + ["…"] * (len(circle) > 6)
    return " → ".join([*shown, f"`{circle[0]}`"])


def _places_of_indicators(library: Library) -> Iterator[Problem]:
    known = {item.ref for item in library.provisions}
    for number, item in enumerate(library.indicators):
        if item.provision not in known:
            yield Problem(
                f"/indicators/{number}/provision",
                "unknown-provision",
                f"The indicator `{item.ref}` is on `{item.provision}`, which does not exist.",
            )


def _scale(library: Library) -> Iterator[Problem]:
    if library.scale is None:
        return
    known = {item.ref for item in library.provisions}
    for number, ref in enumerate(library.scale.criteria):
        if ref not in known:
            detail = f"The scale rests on `{ref}`, which does not exist."
            yield Problem(f"/scale/criteria/{number}", "unknown-provision", detail)
    yield from _levels(library.scale.levels, "/scale/levels")


def _levels(levels: Iterable[ScaleLevel], place: str) -> Iterator[Problem]:
    values: set[str] = set()
    for number, level in enumerate(levels):
        if level.value in values:
            detail = f"The scale has the value `{level.value}` twice."
            yield Problem(f"{place}/{number}/value", "duplicate-level", detail)
        values.add(level.value)


def _measures(library: Library) -> Iterator[Problem]:
    """Levels are for what is ordinal; growth and adding up are for what is a number."""
    for number, item in enumerate(library.indicators):
        place = f"/indicators/{number}"
        if item.scale is not None and item.kind != "ordinal":
            detail = f"`{item.ref}` is of the kind {item.kind}, which has no scale of levels."
            yield Problem(f"{place}/scale", "scale-without-order", detail)
        yield from _levels(item.scale or (), f"{place}/scale")
        if item.growth is not None and item.kind not in ("number", "ratio"):
            detail = f"`{item.ref}` is of the kind {item.kind}, which does not grow."
            yield Problem(f"{place}/growth", "not-a-number", detail)
        if item.counting is not None and item.kind != "number":
            detail = f"`{item.ref}` is of the kind {item.kind}, whose values do not add up."
            yield Problem(f"{place}/counting", "not-a-count", detail)


def _deprecated(library: Library) -> Iterator[Problem]:
    present = {ref for ref, _ in _references(library)}
    named: set[str] = set()
    for number, item in enumerate(library.deprecated):
        place = f"/deprecated/{number}"
        if item.ref in present:
            yield Problem(f"{place}/ref", "still-present", f"`{item.ref}` is still in this edition.")
        if item.ref in named:
            yield Problem(f"{place}/ref", "duplicate-reference", f"`{item.ref}` is deprecated twice.")
        named.add(item.ref)
        for nth, successor in enumerate(item.successors):
            if successor not in present:
                detail = f"The successor `{successor}` of `{item.ref}` is not in this edition."
                yield Problem(f"{place}/successors/{nth}", "unknown-successor", detail)


def _unknown_themes(library: Library, themes: set[str]) -> Iterator[Problem]:
    for number, item in enumerate(library.provisions):
        for nth, theme in enumerate(item.themes):
            if theme not in themes:
                yield Problem(
                    f"/provisions/{number}/themes/{nth}",
                    "unknown-theme",
                    f"`{theme}` of `{item.ref}` is not a theme of the vocabulary.",
                )


def _translations(library: Library) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    """Every translated text: where it stands, of what it is, and the texts by language."""
    yield "/framework/title", library.framework.key, library.framework.title
    for number, item in enumerate(library.provisions):
        yield f"/provisions/{number}/title", item.ref, item.title
        yield f"/provisions/{number}/summary", item.ref, item.summary
    for number, indicator in enumerate(library.indicators):
        yield f"/indicators/{number}/title", indicator.ref, indicator.title
        yield from _texts_of_levels(indicator.scale or (), f"/indicators/{number}/scale")
    yield from _texts_of_levels(library.scale.levels if library.scale else (), "/scale/levels")


def _texts_of_levels(
    levels: Iterable[ScaleLevel], place: str
) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    for number, level in enumerate(levels):
        yield f"{place}/{number}/title", level.value, level.title
        yield f"{place}/{number}/meaning", level.value, level.meaning


def _languages(library: Library) -> Iterator[Problem]:
    declared = set(library.edition.languages)
    for place, name, texts in _translations(library):
        for language in sorted(set(texts or ()) - declared):
            yield Problem(
                f"{place}/{language}",
                "undeclared-language",
                f"`{name}` is translated into `{language}`, which the edition does not declare.",
            )


def _repetitions(library: Library) -> Iterator[Problem]:
    yield from repeated(library.edition.languages, "/edition/languages/{}")
    for number, item in enumerate(library.provisions):
        yield from repeated(item.themes, f"/provisions/{number}/themes/{{}}")
    for number, indicator in enumerate(library.indicators):
        yield from repeated(indicator.disaggregation, f"/indicators/{number}/disaggregation/{{}}")
        yield from repeated(indicator.responsible, f"/indicators/{number}/responsible/{{}}")
