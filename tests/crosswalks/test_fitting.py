"""Which evidence answers to which provision of another framework."""

from __future__ import annotations

import pytest

from domain.crosswalks.fitting import Asked, Piece, Themes, asked, fits, nearest, piece, unrecognised
from domain.crosswalks.quoting import apart

WOMEN, DISABLED, CHILDREN = "women", "persons-with-disabilities", "children"


def themes(*of: str) -> Themes:
    people = frozenset(of) & {WOMEN, DISABLED, CHILDREN}
    return Themes(frozenset(of) - people, people)


def evidence(*passage: str, criterion: tuple[str, ...] = ()) -> Piece:
    return piece(themes(*passage), themes(*criterion))


def framework(**provisions: tuple[str, ...]) -> dict[str, Asked]:
    """Provisions of the framework `f`, by reference."""
    of = {f"f:{ref}": themes(*about) for ref, about in provisions.items()}
    return asked({ref: one.subjects for ref, one in of.items()}, {ref: one.people for ref, one in of.items()})


CONVENTION = framework(
    equality=("equality", DISABLED),
    women=("equality", DISABLED, WOMEN),
    violence=("violence", DISABLED, WOMEN, CHILDREN),
    statistics=("data", DISABLED),
)


def fitting(one: Piece, provisions: dict[str, Asked]) -> set[str]:
    return {ref.partition(":")[2] for ref, provision in provisions.items() if fits(one, provision)}


def test_whom_all_provisions_of_a_framework_are_about_the_framework_is_addressed_to():
    assert {provision.addressed for provision in CONVENTION.values()} == {frozenset({DISABLED})}
    assert framework(x=("health", WOMEN), y=("health",))["f:x"].addressed == frozenset()


@pytest.mark.parametrize(
    ("passage", "fitted"),
    [
        (("violence", DISABLED), {"violence"}),
        (("violence", WOMEN), set()),
        (("violence",), set()),
        ((DISABLED, WOMEN), set()),
    ],
)
def test_what_fits_shares_a_subject_and_those_whom_the_framework_is_about(
    passage: tuple[str, ...], fitted: set[str]
):
    assert fitting(evidence(*passage), CONVENTION) == fitted


def test_where_a_framework_is_about_nobody_in_particular_a_subject_is_enough():
    plan = framework(care=("care", WOMEN), data=("data",))

    assert fitting(evidence("data", CHILDREN), plan) == {"data"}


def test_evidence_is_on_the_subject_of_the_finding_that_rests_on_it_too():
    assert fitting(evidence(DISABLED, criterion=("data",)), CONVENTION) == {"statistics"}


def test_whom_evidence_is_about_its_own_words_say_before_the_criterion():
    women_with_disabilities = (WOMEN, DISABLED, "violence")

    assert fitting(evidence(criterion=women_with_disabilities), CONVENTION) == {"violence"}
    assert fitting(evidence(CHILDREN, criterion=women_with_disabilities), CONVENTION) == set()


def test_a_criterion_about_people_alone_fits_what_is_about_the_same_people():
    assert fitting(evidence(DISABLED, "training", criterion=(DISABLED, WOMEN)), CONVENTION) == {"women"}


def test_on_a_provision_whose_subject_is_not_known_everything_fits_that_concerns_its_people():
    unknown = framework(x=(DISABLED,))

    assert fitting(evidence(DISABLED), unknown) == {"x"}
    assert fitting(evidence("health", WOMEN), unknown) == set()


def test_nearest_is_what_fits_by_most_themes():
    assert nearest([evidence("equality", DISABLED, WOMEN)], CONVENTION) == ("f:women",)
    assert nearest([evidence("equality", DISABLED)], CONVENTION) == ("f:equality", "f:women")
    assert nearest([evidence("cooperation", DISABLED)], CONVENTION) == ()
    assert nearest([evidence(DISABLED)], framework(x=(DISABLED,))) == ()


def test_what_is_quoted_apart_stands_by_what_it_is_nearest_to_and_what_is_about_others_comes_last():
    pieces = {
        "roads": [evidence("transport", DISABLED)],
        "census": [evidence("data", DISABLED)],
        "parliament": [evidence("participation", WOMEN)],
        "law": [evidence("transport", DISABLED), evidence("equality", DISABLED)],
    }

    found = apart(pieces, CONVENTION, frozenset({DISABLED}))

    assert found == [
        ("other-subjects", ("f:equality", "f:women"), ["law"]),
        ("other-subjects", ("f:statistics",), ["census"]),
        ("other-subjects", (), ["roads"]),
        ("other-people", (), ["parliament"]),
    ]


def test_where_no_subject_of_a_provision_is_ever_recognised_its_subjects_are_named():
    provision = framework(x=("education", "equality"))["f:x"]

    assert unrecognised(provision, frozenset({"health"})) == ["education", "equality"]
    assert unrecognised(provision, frozenset({"health", "education"})) == []
    assert unrecognised(Asked(), frozenset({"health"})) == []


def test_what_a_criterion_about_people_alone_fits_is_not_beyond_recognition():
    provision = framework(x=("education", WOMEN))["f:x"]

    assert unrecognised(provision, frozenset(), [themes(WOMEN, "health")]) == ["education"]
    assert unrecognised(provision, frozenset(), [themes(WOMEN)]) == []
