"""Letters in English."""

from __future__ import annotations

from collections.abc import Mapping

from domain.reminders.letters.wordings.wording import Clock, Occasion, Template, Wording


def _due(noun: str, *, due: str, open_still: str, over: str) -> Mapping[Occasion, Template]:
    """Of what is due on a date; `noun` is what it is called, the others say what is asked and what lacks."""
    return {
        "ahead": Template("Due on {day}: {title}", f"{due} is due on {{day}}:"),
        "past": Template("Was due on {day}: {title}", f"{due} was due on {{day}} {open_still}:"),
        "moved": Template(
            "New due date, {day}: {title}", f"The following {noun} has a new date. It is now due on {{day}}:"
        ),
        "cancelled": Template("No longer due: {title}", over),
        "escalation": Template(
            "For your attention: {title}, due on {day}",
            f"The following {noun}, due on {{day}}, is still open and is brought to your attention:",
        ),
    }


ENGLISH = Wording(
    greeting="Hello,",
    greeting_by_name="Dear {name},",
    templates={
        "meeting": {
            "ahead": Template("Reminder: {title}, {day}", "This is a reminder of the following meeting:"),
            "past": Template("{title}, {day}", "The time of the following meeting has passed:"),
            "moved": Template(
                "Moved: {title}, now {day}",
                "The following meeting has been moved. It now takes place on {day}:",
            ),
            "changed": Template(
                "Changed: {title}, {day}",
                "The place, the link or the length of the following meeting has changed; the time has not:",
            ),
            "cancelled": Template("Cancelled: {title}, {day}", "The following meeting has been cancelled:"),
            "restored": Template(
                "Takes place after all: {title}, {day}",
                "The following meeting had been cancelled. It takes place after all:",
            ),
            "escalation": Template(
                "For your attention: {title}, {day}", "The following meeting is brought to your attention:"
            ),
        },
        "obligation": _due(
            "reporting obligation",
            due="The following reporting obligation",
            open_still="and has not been met",
            over="The following reporting obligation is no longer due:",
        ),
        "information-request": _due(
            "information request",
            due="The answer to the following information request",
            open_still="and has not been given",
            over="The following information request need not be answered any more:",
        ),
        "action-item": _due(
            "action item",
            due="The following action item",
            open_still="and has not been done",
            over="The following action item is no longer due:",
        ),
        "review": {
            "ahead": Template(
                "To be reviewed on {day}: {title}", "The following is to be reviewed on {day}:"
            ),
            "past": Template(
                "Awaiting review since {day}: {title}", "The following has been awaiting review since {day}:"
            ),
            "moved": Template(
                "Awaiting review since {day}: {title}", "The following has been awaiting review since {day}:"
            ),
            "cancelled": Template(
                "No review needed: {title}", "The following need not be reviewed any more:"
            ),
            "escalation": Template(
                "For your attention: {title}, awaiting review since {day}",
                "The following has been awaiting review since {day} and is brought to your attention:",
            ),
        },
        "milestone": _due(
            "milestone",
            due="The following milestone",
            open_still="and has not been reached",
            over="The following milestone is no longer due:",
        ),
    },
    digest=Template("Reminders: {count} items", "This is a reminder of {count} items:"),
    until_the_end="by the end of {day}",
    instead_of="Instead of: {when}",
    theirs="In your time zone: {when}",
    theirs_until="In your time zone, by {day}",
    place="Place: {place}",
    link="On the web: {address}",
    attached={
        "REQUEST": "The attached file adds the meeting to your calendar.",
        "CANCEL": "The attached file takes the meeting out of your calendar.",
        "PUBLISH": "The attached file adds this to your list of tasks.",
    },
    automatic="This message was sent automatically.",
    stop="To receive no more messages like this one: {address}",
    stop_link="Receive no more messages like this one",
    clock=Clock(
        dates="{weekday} {day} {month} {year}",
        times="{hour:02}:{minute:02}",
        moments="{day}, {time}",
        spans="{day}, {start} – {end}",
        first_of_month="1",
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        months=(
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ),
    ),
    page={
        "title": "Messages from focalpoint",
        "question": "Which messages would you like to receive no more?",
        "rule": "Messages like the one that led here",
        "kind": "All messages about things of this kind",
        "all": "All messages",
        "stop": "Receive no more",
        "stopped": "This has been noted. These messages will not be sent to you any more.",
        "again": "Receive them again",
        "restored": "This has been noted. You will receive these messages again.",
        "unknown": "This link is not complete, or not one that this service made.",
    },
)  # fmt: skip
