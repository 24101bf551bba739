"""What can be done with agendas, and with what comes of meetings; each verb in its caller's transaction."""

from domain.agendas.actions.agreeing import agree, change_item
from domain.agendas.actions.ahead import draft_ahead
from domain.agendas.actions.drafting import draft
from domain.agendas.actions.editing import add, change, drop, put
from domain.agendas.actions.noting import amend, decide, note_minutes

__all__ = [
    "add",
    "agree",
    "amend",
    "change",
    "change_item",
    "decide",
    "draft",
    "draft_ahead",
    "drop",
    "note_minutes",
    "put",
]
