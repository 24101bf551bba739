"""In which language and format papers are answered, and under which name they are kept."""

from __future__ import annotations

import pytest

from services.api.accepts import most_wanted
from services.api.languages import preferred
from services.api.papers import attachment


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CH, en;q=0.8", "fr"),
        ("en;q=0.1, es;q=0.2", "es"),
        ("de, pt;q=0.9", "en"),
        ("fr;q=0, es;q=0.1", "es"),
        ("FR", "fr"),
        ("es;q=x, fr;q=0.1", "fr"),
    ],
)
def test_the_most_wanted_language_that_is_offered_is_taken(accepted: str, language: str):
    assert preferred(accepted) == language


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", None),
        ("*/*", None),
        ("a/b", "a/b"),
        ("a/b;q=0.5, c/d", "c/d"),
        ("a/b, c/d", "a/b"),
        ("application/json, a/b", None),
        ("application/json;q=0.9, a/b", "a/b"),
        ("x/y", None),
    ],
)
def test_json_is_answered_unless_something_else_is_wanted_more(accept: str, kind: str | None):
    assert most_wanted(accept, "a/b", "c/d") == kind


@pytest.mark.parametrize(
    ("name", "header"),
    [
        (
            "Quarterly 2026.md",
            "attachment; filename=\"Quarterly 2026.md\"; filename*=UTF-8''Quarterly%202026.md",
        ),
        ("é.md", "attachment; filename=\"e.md\"; filename*=UTF-8''%C3%A9.md"),
        ('a/b\\"c\r\n.md', "attachment; filename=\"a-b-c-.md\"; filename*=UTF-8''a-b-c-.md"),
        ("会议.md", "attachment; filename=\"paper.md\"; filename*=UTF-8''%E4%BC%9A%E8%AE%AE.md"),
        ("a\u202egnp\u2066.md", "attachment; filename=\"agnp.md\"; filename*=UTF-8''agnp.md"),
        ("...md", "attachment; filename=\"paper.md\"; filename*=UTF-8''paper.md"),
    ],
)
def test_names_of_files_are_safe_and_keep_their_letters(name: str, header: str):
    assert attachment(name) == header


def test_names_of_files_are_not_endless():
    assert len(attachment(f"{'x' * 400}.docx")) < 300
