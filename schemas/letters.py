"""The words of letters, as they can be read before any is sent."""

from __future__ import annotations

from typing import Literal

from schemas.fields import Outgoing
from schemas.optouts import EntryKind

LetterLanguage = Literal["en", "fr", "es"]
LetterOccasion = Literal["ahead", "past", "moved", "changed", "cancelled", "restored", "escalation"]


class LetterTemplate(Outgoing):
    """Subject, and the sentence above the facts, with variables in braces."""

    language: LetterLanguage
    kind: EntryKind
    occasion: LetterOccasion
    subject: str
    lead: str


class LetterTemplates(Outgoing):
    variables: dict[str, str]
    """What templates may name, and what stands there."""
    items: list[LetterTemplate]


class LetterPreview(Outgoing):
    """A letter as it would be sent now."""

    language: LetterLanguage
    subject: str
    text: str
    html: str
