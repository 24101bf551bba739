"""What is proposed, and what is said for it."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from domain.suggestions import encoding
from domain.suggestions.suggesting import suggest
from domain.suggestions.tasks import Known, NothingToCompare, Task
from domain.suggestions.texts import Side, languages_of
from tests.reading.shipped import thesaurus
from tests.suggestions.given import DUTIES, RIGHTS, entry, side, task

BEST = {
    "duties:schools": "rights:education",
    "duties:clinics": "rights:health",
    "duties:wages": "rights:work",
}
FRENCH = {"formation": {"fr": "Formation professionnelle"}, "sante": {"fr": "La santé"}}
SPANISH = {"formacion": {"es": "Formación profesional"}, "salud": {"es": "Salud"}, "agua": {"es": "Agua"}}


def best(asked: Task) -> dict[str, str]:
    """The first proposal for each provision."""
    found: dict[str, str] = {}
    for proposal in suggest(asked).proposals:
        found.setdefault(proposal.subject, proposal.object)
    return found


def test_each_provision_is_proposed_what_is_most_like_it_and_a_stranger_nothing():
    assert best(task()) == BEST


def test_proposals_come_with_the_words_and_the_places_that_speak_for_them():
    proposal = next(found for found in suggest(task()).proposals if found.subject == "duties:clinics")
    assert proposal.object == "rights:health"
    assert set(proposal.words) == {"health", "care"}
    assert proposal.ranks == {"words": 1.0, "letters": 1.0}
    assert proposal.score == 1.0
    assert proposal.labels == (DUTIES["clinics"], RIGHTS["health"])


def test_the_best_proposals_come_first_and_each_provision_has_at_most_as_many_as_asked():
    proposed = suggest(task(most=1)).proposals
    assert [p.score for p in proposed] == sorted((p.score for p in proposed), reverse=True)
    assert len({p.subject for p in proposed}) == len(proposed) == 3


def test_the_same_task_gives_the_same_in_any_order_of_hashing():
    asked = task(thesaurus=None)
    assert suggest(pickle.loads(pickle.dumps(asked))) == suggest(asked)


def test_one_provision_is_proposed_the_same_alone_as_among_all():
    alone = suggest(task(only="duties:wages")).proposals
    assert alone == tuple(p for p in suggest(task()).proposals if p.subject == "duties:wages")
    assert alone


def test_a_pair_that_is_passed_over_makes_room_for_the_next():
    rejected = ("duties:wages", "rights:work")
    proposed = suggest(task(passed_over=frozenset({rejected}), only="duties:wages")).proposals
    assert rejected not in {(p.subject, p.object) for p in proposed}


def test_nothing_is_proposed_for_what_has_no_counterpart_on_either_side():
    proposed = suggest(task(without=frozenset({"duties:schools", "rights:health"}))).proposals
    assert not {end for p in proposed for end in (p.subject, p.object)} & {"duties:schools", "rights:health"}


def test_the_closest_mapping_is_the_one_that_is_like_it_at_both_ends():
    known = [
        Known("of the same provision", ("duties:clinics", "rights:health")),
        Known("of another", ("duties:wages", "rights:family")),
    ]
    proposal = next(p for p in suggest(task(known=known)).proposals if p.subject == "duties:clinics")
    assert proposal.closest == "of the same provision"
    far = next(p for p in suggest(task(known=known[1:])).proposals if p.subject == "duties:clinics")
    assert far.closest is None


def test_themes_of_the_catalogue_bring_together_what_no_word_does():
    source = Side("a", ("en",), [entry("a:1", title="Bridges", themes=frozenset({"budget"}))])
    target = Side(
        "b",
        ("en",),
        [
            entry("b:1", title="Money", themes=frozenset({"budget", "monitoring"})),
            entry("b:2", title="Time", themes=frozenset({"training"})),
        ],
    )
    proposed = suggest(task(source=source, target=target)).proposals
    assert [(p.subject, p.object, p.themes, p.words) for p in proposed] == [("a:1", "b:1", ("budget",), ())]


def test_concepts_of_the_thesaurus_count_only_where_an_editor_gave_themes():
    titles = "Women with disabilities", "Persons who are blind, girls among them"
    plain = [
        Side(key, ("en",), [entry(f"{key}:1", title=title)]) for key, title in zip("ab", titles, strict=True)
    ]
    document = json.dumps(thesaurus().model_dump(mode="json"))
    assert suggest(task(source=plain[0], target=plain[1], thesaurus=document)).ways == ("words", "letters")

    themed = [
        replace(s, entries=[replace(e, themes=frozenset({"participation"})) for e in s.entries])
        for s in plain
    ]
    found = suggest(task(source=themed[0], target=themed[1], thesaurus=document))
    assert "persons-with-disabilities" in found.proposals[0].themes


def test_a_heading_tells_of_what_stands_under_it():
    source = Side("a", ("en",), [entry("a:1", title="Awareness", heading={"en": "Risk education"})])
    target = side("b", {"1": "Education about risks", "2": "Storage"})
    assert best(task(source=source, target=target)) == {"a:1": "b:1"}


def test_what_indicators_count_tells_of_a_provision_too():
    source = side("a", {"1": "Maternal mortality"})
    target = Side("b", ("en",), [entry("b:1", title="Health", counted=({"en": "Maternal mortality ratio"},))])
    assert best(task(source=source, target=target)) == {"a:1": "b:1"}


def test_editions_are_compared_in_the_language_in_which_most_can_be_compared():
    both = [{"fr": "Santé", "es": "Salud"}, {"fr": "Travail", "es": "Trabajo"}]
    source = side("a", dict(zip("12", both, strict=True)), "fr", "es")
    target = side("b", {"1": {"fr": "Santé", "es": "Salud"}, "2": {"es": "Trabajo"}}, "fr", "es")
    assert languages_of(source, target) == ("es", "es")
    assert suggest(task(source=source, target=target)).notes == ()
    assert languages_of(source, source) == ("fr", "fr")


def test_what_has_no_text_in_the_language_is_left_out_and_the_note_says_so():
    target = side("b", {"1": "Health care", "2": {"es": "Trabajo"}}, "en", "es")
    proposed = suggest(task(target=target))
    assert proposed.languages == ("en", "en")
    assert proposed.notes == ("1 of `b` left out, having no text in en.",)


def test_across_languages_words_of_one_root_are_seen_and_the_note_says_what_is_missing():
    proposed = suggest(task(source=side("a", FRENCH, "fr"), target=side("b", SPANISH, "es")))
    first = proposed.proposals[0]
    assert (first.subject, first.object) == ("a:formation", "b:formacion")
    assert first.words == ("formation ~ formación",)
    assert proposed.languages == ("fr", "es")
    assert proposed.ways == ("letters",)
    assert proposed.notes[0].startswith("They share no language")
    assert "Without the sentence encoder" in proposed.notes[1]


def test_an_encoder_that_is_not_installed_is_done_without(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(encoding, "MODULE", "no_such_encoder")
    asked = task(source=side("a", FRENCH, "fr"), target=side("b", SPANISH, "es"))
    assert suggest(replace(asked, encoder=True)) == suggest(asked)


def test_an_edition_without_texts_or_with_headings_alone_is_named():
    with pytest.raises(NothingToCompare, match="`empty`"):
        suggest(task(target=Side("empty", ("en",), [])))
    with pytest.raises(NothingToCompare, match="`silent`"):
        suggest(task(source=Side("silent", ("en",), [entry("silent:1", title={})])))


class TestWithAnEncoder:
    @pytest.fixture(autouse=True)
    def _encoder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One that knows four words: a stand-in for weights of 30 megabytes, with the same shape."""
        axes = {"santé": 0, "salud": 0, "formation": 1, "formación": 1}

        def encode(texts: list[str]) -> np.ndarray:
            vectors = np.full((len(texts), 3), [0.0, 0.0, 0.1], dtype=np.float32)
            for row, text in enumerate(texts):
                for word in text.lower().split():
                    if word in axes:
                        vectors[row, axes[word]] = 1
            return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

        monkeypatch.setattr(encoding, "installed", lambda: encode)

    def test_words_of_different_roots_are_brought_together(self):
        asked = task(source=side("a", FRENCH, "fr"), target=side("b", SPANISH, "es"), encoder=True)
        assert best(asked)["a:sante"] == "b:salud"
        proposed = suggest(asked)
        assert proposed.ways == ("letters", "meaning")
        assert len(proposed.notes) == 1

    def test_one_that_is_turned_off_is_not_asked(self):
        asked = task(source=side("a", FRENCH, "fr"), target=side("b", SPANISH, "es"), encoder=False)
        assert suggest(asked).ways == ("letters",)


def test_nobody_but_the_child_loads_what_comparing_needs():
    """It is many times as large as all else that the API and the worker hold."""
    modules = "services.api.main, services.worker.jobs, domain.suggestions.suggesting"
    code = f"import sys, {modules}; sys.exit(bool({{'numpy', 'scipy'}} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
