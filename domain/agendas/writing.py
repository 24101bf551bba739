"""The summary of a meeting as a paper. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from domain.agendas.wording import STATUSES, SUMMARY, day, spoken
from domain.papers import notes
from domain.papers.paper import Block, Heading, Item, Items, Paper, Run, listed, said, table
from domain.reminders.letters.wordings import WORDINGS
from schemas.agendas import ActionTold, AgendaPoint, MeetingSummary, OpenThing, PaperLanguage
from schemas.meetings import Meeting

Say = Callable[[str], str]
"""From the key of a text to the text in the reader's language."""


def saying(language: PaperLanguage) -> Say:
    return lambda key: SUMMARY[key][language]


def paper(summary: MeetingSummary) -> Paper:
    say = saying(summary.language)
    return Paper(
        title=say("title").format(title=summary.meeting.title),
        language=summary.language,
        made=summary.as_of,
        blocks=(said(when(summary.meeting, summary.language)), *_standing(summary, say), *blocks(summary, 1)),
    )


def _standing(summary: MeetingSummary, say: Say) -> Iterator[Block]:
    meeting = summary.meeting
    if meeting.location or meeting.url:
        yield said(say("place").format(place=", ".join(filter(None, (meeting.location, meeting.url)))))
    if meeting.status == "cancelled":
        yield said(say("cancelled"), strong=True)
    elif meeting.start > summary.as_of:
        yield said(say("not-yet"), strong=True)


def blocks(summary: MeetingSummary, level: int) -> list[Block]:
    """What came of the meeting, under headings of that level."""
    say = saying(summary.language)
    sections = {
        "took-part": _took_part(summary, say),
        "agenda": points(summary.agenda, summary.language),
        "minutes": notes.blocks_of(summary.minutes, below=level) if summary.minutes else [],
        "decisions": _decisions(summary, say),
        "action-items": [actions(summary.action_items, summary.language)] if summary.action_items else [],
        "next": _next(summary, say),
    }
    empty = {"took-part": "not-noted", "minutes": "not-noted"}
    found: list[Block] = []
    for key, content in sections.items():
        found += [Heading(say(key), level), *(content or [said(say(empty.get(key, "none")))])]
    return found


def when(meeting: Meeting, language: PaperLanguage) -> str:
    """From when until when, in the meeting's own zone."""
    zone = ZoneInfo(meeting.time_zone)
    start = meeting.start.astimezone(zone)
    end = (meeting.start + timedelta(minutes=meeting.duration_minutes)).astimezone(zone)
    return f"{WORDINGS[language].clock.between(start, end)} ({meeting.time_zone})"


def _took_part(summary: MeetingSummary, say: Say) -> list[Block]:
    who = summary.took_part
    states = {state.iso3: state.name for state in who.states}
    lines = [
        *(state.name for state in who.states),
        *(
            ", ".join(filter(None, (person.name, person.organisation or states.get(person.state or ""))))
            for person in who.persons
        ),
        *who.others,
    ]
    return [listed(lines)] if lines else []


def points(agenda: Sequence[AgendaPoint], language: PaperLanguage) -> list[Block]:
    """Points by number, each with its note. What is open below them would be too long here."""
    items: list[Item] = []
    for point in agenda:
        status = "" if point.status == "planned" else f" ({STATUSES[point.status][language]})"
        items.append(Item((Run(point.title, strong=True), Run(status)), numbered=True))
        if point.note:
            items.append(Item((Run(point.note),), 1))
    return [Items(tuple(items))] if items else []


def open_lines(below: Sequence[OpenThing], language: PaperLanguage) -> list[str]:
    return [
        f"{thing.title} ({day(thing.due_on, language)})" if thing.due_on else thing.title for thing in below
    ]


def _decisions(summary: MeetingSummary, say: Say) -> list[Block]:
    if not summary.decisions:
        return []
    head = [say("number"), say("decision"), say("status")]
    rows = [(str(one.number), one.text, STATUSES[one.status][summary.language]) for one in summary.decisions]
    return [table(head, rows)]


def actions(items: Sequence[ActionTold], language: PaperLanguage) -> Block:
    say = saying(language)
    head = [say("action"), say("owner"), say("due"), say("status")]
    return table(head, [_action(item, language) for item in items])


def _action(item: ActionTold, language: PaperLanguage) -> tuple[str, str, str, str]:
    status = "overdue" if item.overdue else item.status
    due = day(item.due_on, language) if item.due_on else ""
    return item.text, item.owner_name or "", due, spoken(STATUSES[status], language)


def _next(summary: MeetingSummary, say: Say) -> list[Block]:
    following = summary.next_meeting
    if following is None:
        return [said(say("no-date"))]
    return [said(f"{following.title}: {when(following, summary.language)}")]
