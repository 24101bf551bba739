"""Why a line that is due may not be worth sending, as the database is asked while lines are claimed."""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Text,
    any_,
    bindparam,
    case,
    cast,
    func,
    not_,
    select,
)
from sqlalchemy.orm import aliased

from domain.calendar.models import Entry
from domain.people.models import Person
from domain.reminders.channels import WebhookEndpoint
from domain.reminders.models import Delivery
from domain.reminders.webhooks.events import TYPES

NOW = bindparam("now", type_=DateTime(timezone=True))
TOLD_INSTEAD = ("moved", "changed", "restored")
"""News that say what a reminder would."""


def superseded() -> ColumnElement[bool]:
    """Whether a later reminder of the same rule to the same person is due too."""
    later = aliased(Delivery)
    return _told_instead(later, later.cause == Delivery.cause, later.due_at > Delivery.due_at)


def superseded_by_news() -> ColumnElement[bool]:
    """Whether news of a change is due to the same person, or was."""
    news = aliased(Delivery)
    return _told_instead(
        news,
        Delivery.cause == "reminder",
        news.cause.in_(TOLD_INSTEAD),
        news.due_at >= Delivery.due_at,
    )


def _told_instead(later: type[Delivery], *when: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(later.id)
        .where(
            later.entry == Delivery.entry,
            later.recipient == Delivery.recipient,
            later.rule == Delivery.rule,
            later.occurrence == Delivery.occurrence,
            later.channel == Delivery.channel,
            later.due_at <= NOW,
            *when,
        )
        .exists()
    )


def has_left() -> ColumnElement[bool]:
    zone = func.coalesce(Delivery.time_zone, Entry.time_zone)
    today = cast(func.timezone(zone, NOW), Date)
    return select(Person.id).where(Person.id == Delivery.person, Person.left <= today).exists()


def not_taken() -> ColumnElement[bool]:
    """Whether the line is for an endpoint that did not ask for such events."""
    event = case(TYPES, value=Delivery.cause)
    return (
        select(WebhookEndpoint.id)
        .where(
            Delivery.channel == "webhook",
            cast(WebhookEndpoint.id, Text) == Delivery.recipient,
            not_(event == any_(WebhookEndpoint.events)),
        )
        .exists()
    )
