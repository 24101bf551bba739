"""What becomes of provisions and indicators from edition to edition."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from domain.frameworks.changes import Outline, carry_over, diff, dropped, longest_rising
from schemas.editions import CarriedReference, EditionDiff
from schemas.libraries import Deprecation, Library

Found = dict[str, Any]


def provision(ref: str, parent: str | None = None, **facts: Any) -> Found:
    return {"ref": ref, "parent": parent, "kind": "action", "title": {"en": f"Title of {ref}"}} | facts


def indicator(ref: str, on: str, **facts: Any) -> Found:
    return {"ref": ref, "provision": on, "kind": "number", "title": {"en": f"Title of {ref}"}} | facts


def library(edition: str, *provisions: Found, indicators: list[Found] | None = None) -> Library:
    return Library.model_validate(
        {
            "framework": {"key": "plan", "kind": "action-plan", "title": {"en": "A plan"}},
            "edition": {"key": edition, "published": "2026-01-31", "languages": ["en"], "source": "A/1"},
            "provisions": list(provisions),
            "indicators": indicators or [],
        }
    )


def siblings(edition: str, refs: str) -> Library:
    return library(edition, *(provision(ref) for ref in refs.split()))


def outline(edition: str, holds: str, **successors: str) -> Outline:
    """`x="y z"`: the edition says that y and z take the place of x."""
    declared = {
        ref: Deprecation(ref=ref, successors=named.split(), note=f"{edition} replaced {ref}.")
        for ref, named in successors.items()
    }
    return Outline(edition, dict.fromkeys(holds.split(), "provision"), declared)


def lists_of(found: EditionDiff) -> dict[str, list[str]]:
    """The lists that are not empty, as references."""
    lists = {name: getattr(found, name) for name in type(found.counts).model_fields}
    return {name: [entry.ref for entry in entries] for name, entries in lists.items() if entries}


def only(before: Found, after: Found, change: str) -> tuple[Found, Found]:
    """What a diff says of a node in which nothing else changed."""
    on = provision("p")
    old, new = (
        library("1", on, indicators=[node]) if "provision" in node else library("1", on, node)
        for node in (before, after)
    )
    found = diff(old, new, [])
    assert lists_of(found) == {change: [after["ref"]]}
    [entry] = getattr(found, change)
    return entry.before, entry.after


def test_equal_documents_do_not_differ():
    document = library("1", provision("a"), provision("b", "a"), indicators=[indicator("i", "b")])

    found = diff(document, document, [])

    assert lists_of(found) == {}
    assert set(found.counts.model_dump().values()) == {0}


def test_nodes_are_added_and_removed_in_reading_order():
    old = library("1", provision("c"), provision("a"), provision("b"), indicators=[indicator("i", "b")])
    new = library("2", provision("z"), provision("b"), provision("x"), indicators=[indicator("h", "b")])

    found = diff(old, new, [])

    assert lists_of(found) == {"added": ["z", "x", "h"], "removed": ["c", "a", "i"]}
    assert (found.counts.added, found.counts.removed) == (3, 3)
    assert [entry.node for entry in found.added] == ["provision", "provision", "indicator"]
    assert found.removed[0].title == {"en": "Title of c"}


def test_what_was_a_provision_and_is_an_indicator_was_removed_and_added():
    found = diff(siblings("1", "a b"), library("2", provision("a"), indicators=[indicator("b", "a")]), [])

    assert lists_of(found) == {"added": ["b"], "removed": ["b"]}


def test_a_provision_under_another_parent_has_moved():
    old = library("1", provision("a"), provision("b"), provision("n", "a"))
    new = library("2", provision("a"), provision("b"), provision("n", "b"))

    found = diff(old, new, [])

    assert lists_of(found) == {"moved": ["n"]}
    assert (found.moved[0].before, found.moved[0].after) == ({"parent": "a"}, {"parent": "b"})


def test_an_indicator_of_another_provision_has_moved():
    old = library("1", provision("a"), provision("b"), indicators=[indicator("i", "a")])
    new = library("2", provision("a"), provision("b"), indicators=[indicator("i", "b")])

    [moved] = diff(old, new, []).moved

    assert (moved.node, moved.before, moved.after) == ("indicator", {"provision": "a"}, {"provision": "b"})


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("a b c d e", "b c d e a", {"a": (None, "e")}),
        ("a b c d e", "e a b c d", {"e": ("d", None)}),
        ("a b c d e", "a d b c e", {"d": ("c", "a")}),
        ("a b", "b a", {"b": ("a", None)}),
        ("a b c d e", "d e a b c", {"d": ("c", None), "e": ("c", None)}),
        ("a b c", "x a y c z", {}),
    ],
)
def test_the_fewest_siblings_have_moved(before: str, after: str, moved: dict[str, Any]):
    found = diff(siblings("1", before), siblings("2", after), []).moved

    assert {entry.ref: (entry.before["follows"], entry.after["follows"]) for entry in found} == moved


def test_children_move_with_their_parent_unseen():
    old = library("1", provision("a"), provision("a1", "a"), provision("b"), provision("c"))
    new = library("2", provision("b"), provision("c"), provision("a"), provision("a1", "a"))

    assert lists_of(diff(old, new, [])) == {"moved": ["a"]}


def test_a_moved_sibling_stands_after_another_than_before():
    old = siblings("1", "a b c d e")
    for order in permutations("abcde"):
        for entry in diff(old, siblings("2", " ".join(order)), []).moved:
            assert entry.before != entry.after


def test_the_longest_rising_subsequence_is_as_long_as_can_be():
    for numbers in permutations(range(6)):
        found = longest_rising(numbers)
        longest = max(
            sum(mask >> place & 1 for place in range(6))
            for mask in range(64)
            if (chosen := [numbers[place] for place in range(6) if mask >> place & 1]) == sorted(chosen)
        )
        assert found == sorted(found)
        assert [number for number in numbers if number in found] == found
        assert len(found) == longest


def test_a_retitled_node_says_so_language_by_language():
    before = provision("n", title={"en": "Old", "fr": "Ancien", "es": "Igual"})
    after = provision("n", title={"en": "New", "es": "Igual", "pt": "Novo"})

    assert only(before, after, "retitled") == (
        {"en": "Old", "fr": "Ancien", "pt": None},
        {"en": "New", "fr": None, "pt": "Novo"},
    )


@pytest.mark.parametrize("name", ["targets", "baselines"])
def test_an_indicator_with_other_stated_values_is_retargeted(name: str):
    tbd = {"printed": "TBD", "kind": "tbd"}
    twelve = {"printed": "12", "kind": "number", "number": 12}

    before, after = only(
        indicator("i", "p", **{name: [tbd]}), indicator("i", "p", **{name: [twelve]}), "retargeted"
    )

    assert [value["printed"] for value in before[name]] == ["TBD"]
    assert [value["printed"] for value in after[name]] == ["12"]
    assert before.keys() == after.keys() == {name}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"kind": "action"}, {"kind": "objective"}),
        ({"summary": None}, {"summary": {"en": "Count them."}}),
        ({"themes": []}, {"themes": ["budget"]}),
        ({"assessable": True, "verified": True}, {"assessable": False, "verified": False}),
        ({"source": "Paragraph 1"}, {"source": "Paragraph 2"}),
    ],
)
def test_anything_else_is_changed_by_name(before: Found, after: Found):
    assert only(provision("n", **before), provision("n", **after), "changed") == (before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"unit": "persons"}, {"unit": "States"}),
        ({"direction": "up"}, {"direction": None}),
        ({"disaggregation": ["sex"]}, {"disaggregation": ["sex", "age"]}),
    ],
)
def test_the_rest_of_an_indicator_is_changed_by_name(before: Found, after: Found):
    assert only(indicator("i", "p", **before), indicator("i", "p", **after), "changed") == (before, after)


def test_a_node_can_stand_in_several_lists():
    old = library("1", provision("a"), provision("b"), provision("n", "a", title={"en": "Old"}))
    new = library("2", provision("a"), provision("b"), provision("n", "b", title={"en": "New"}, kind="goal"))

    assert lists_of(diff(old, new, [])) == {"moved": ["n"], "retitled": ["n"], "changed": ["n"]}


def test_what_was_removed_names_its_successors_across_editions():
    between = [outline("2", "b y", x="y"), outline("3", "b z", y="z")]

    [removed] = diff(siblings("1", "b x"), siblings("3", "b z"), between).removed

    assert (removed.ref, removed.successors) == ("x", ["z"])
    assert removed.note == "2 replaced x. 3 replaced y."


def test_backwards_nothing_has_a_successor():
    [removed] = diff(siblings("3", "b z"), siblings("1", "b"), []).removed

    assert (removed.ref, removed.successors, removed.note) == ("z", [], None)


def carried(after: Library, *between: Outline, before: str = "x") -> CarriedReference:
    return carry_over(siblings("1", before), after, between, ["x"]).items[0]


def test_what_is_still_held_goes_by_its_reference_and_says_what_else_happened():
    new = library("2", provision("a"), provision("x", "a", title={"en": "New"}))

    found = carried(new, outline("2", "a x"))

    assert (found.reference, found.by, found.proposed) == ("plan:x@1", "reference", ["plan:x@2"])
    assert found.changes == ["moved", "retitled"]
    assert found.title == {"en": "Title of x"}


def test_what_was_replaced_goes_to_all_its_successors():
    found = carried(siblings("2", "y z"), outline("2", "y z", x="y z"))

    assert (found.by, found.proposed) == ("successor", ["plan:y@2", "plan:z@2"])
    assert (found.note, found.changes) == ("2 replaced x.", [])


def test_successors_are_followed_through_every_edition_on_the_way():
    between = [outline("2", "y w", x="y w"), outline("3", "y w"), outline("4", "z", y="z", w="z")]

    found = carried(siblings("4", "z"), *between)

    assert (found.by, found.proposed) == ("successor", ["plan:z@4"])
    assert found.note == "2 replaced x. 4 replaced y. 4 replaced w."


@pytest.mark.parametrize(
    "between",
    [
        [outline("2", "b"), outline("3", "b z")],
        [outline("2", "b", x=""), outline("3", "b z")],
        [outline("2", "b y", x="y"), outline("3", "b z")],
        [outline("2", "b y", x="y"), outline("3", "b z", y="")],
        [outline("2", "b y z", x="y z"), outline("3", "b z")],
    ],
    ids=["undeclared", "dropped", "successor undeclared", "successor dropped", "one of two dropped"],
)
def test_one_step_that_leads_nowhere_is_for_a_person_to_resolve(between: list[Outline]):
    found = carried(siblings("3", "b z"), *between)

    assert (found.by, found.proposed) == ("unresolved", [])


def test_what_came_back_goes_by_its_reference():
    found = carried(siblings("3", "x y"), outline("2", "y", x="y"), outline("3", "x y"))

    assert (found.by, found.proposed) == ("reference", ["plan:x@3"])


def test_a_successor_that_was_named_late_still_counts():
    found = carried(siblings("3", "y"), outline("2", "b"), outline("3", "y", x="y"))

    assert (found.by, found.proposed) == ("successor", ["plan:y@3"])


def test_an_indicator_under_the_reference_of_a_provision_does_not_stand_for_it():
    new = library("2", provision("a"), indicators=[indicator("x", "a")])

    found = carried(new, Outline("2", {"a": "provision", "x": "indicator"}, {}))

    assert (found.by, found.proposed) == ("unresolved", [])


def test_everything_is_carried_over_unless_references_are_named():
    old = library("1", provision("a"), provision("x"), provision("q"), indicators=[indicator("i", "a")])
    new = library("2", provision("a"), provision("y"), indicators=[indicator("i", "a")])

    found = carry_over(old, new, [outline("2", "a y i", x="y")])

    assert [item.reference for item in found.items] == ["plan:a@1", "plan:x@1", "plan:q@1", "plan:i@1"]
    assert [item.by for item in found.items] == ["reference", "successor", "unresolved", "reference"]
    assert found.counts.model_dump() == {"reference": 2, "successor": 1, "unresolved": 1}


def test_what_the_latest_edition_holds_is_not_deprecated():
    assert dropped("plan", "provision", "x", []) is None
    assert dropped("plan", "provision", "x", [outline("2", "y", x="y"), outline("3", "x")]) is None


def test_a_node_is_deprecated_by_the_first_edition_without_it():
    later = [outline("2", "x"), outline("3", "y z", x="y z"), outline("4", "y z")]

    found = dropped("plan", "provision", "x", later)

    assert found is not None
    assert (found.edition, found.successors) == ("3", ["plan:y", "plan:z"])
    assert found.note == "3 replaced x."


def test_a_node_that_was_dropped_without_a_word_is_deprecated_without_successors():
    found = dropped("plan", "provision", "x", [outline("2", "y")])

    assert found is not None
    assert (found.edition, found.successors, found.note) == ("2", [], None)


def test_a_declaration_may_come_later_than_the_drop():
    found = dropped("plan", "provision", "x", [outline("2", "y"), outline("3", "y", x="y")])

    assert found is not None
    assert (found.edition, found.successors) == ("2", ["plan:y"])
