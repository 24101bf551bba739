"""The handover pack as a paper. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from domain.agendas import writing
from domain.agendas.wording import SUMMARY, day
from domain.handover.wording import PACK, STATUSES
from domain.papers.paper import Block, Heading, Paper, listed, said, table
from domain.reminders.letters.wordings import WORDINGS
from schemas.agendas import PaperLanguage
from schemas.handover import Ahead, Contact, Handover, LastAnalysis, LevelCounts, OpenGroup
from schemas.plans import Mandate

LEVELS = range(4)


class _Words:
    """Texts in the reader's language."""

    def __init__(self, language: PaperLanguage) -> None:
        self.language = language

    def __call__(self, key: str, **facts: object) -> str:
        return PACK[key][self.language].format(**facts)


def paper(found: Handover) -> Paper:
    say = _Words(found.language)
    sections: dict[str, Sequence[Block]] = {
        "mandate": _mandate(found, say),
        "activities": _activities(found, say),
        "open-work": [block for group in found.open_work for block in _group(group, found.language)],
        "calendar": _calendar(found, say),
        "contacts": _contacts(found, say),
        "last-analysis": _last_analysis(found.last_analysis, say),
    }
    blocks: list[Block] = [
        said(SUMMARY["as-of"][found.language].format(day=day(found.as_of.date(), found.language)))
    ]
    for key, content in sections.items():
        blocks += [Heading(say(key)), *(content or [said(say("none"))])]
    return Paper(say("title", terms=found.terms_title), found.language, found.as_of, tuple(blocks))


def _mandate(found: Handover, say: _Words) -> list[Block]:
    states = ", ".join(holder.name for holder in found.holders)
    facts = [
        say("framework", framework=found.framework_title),
        say("held-by", states=states),
        _period(found.mandate, say),
        say("in-force" if found.in_force else "not-in-force"),
    ]
    after = [
        f"{', '.join(holder.state for holder in mandate.holders)}: {_period(mandate, say)}"
        for mandate in found.successors
    ]
    return [
        listed(facts),
        Heading(say("successors"), 2),
        listed(after) if after else said(say("none")),
    ]


def _period(mandate: Mandate, say: _Words) -> str:
    since = day(mandate.since, say.language)
    if mandate.until is None:
        return say("open-period", since=since)
    return say("period", since=since, until=day(mandate.until, say.language))


def _activities(found: Handover, say: _Words) -> list[Block]:
    idle = say("idle" if found.last_analysis.meeting is not None else "idle-so-far")
    rows = []
    for activity in found.activities:
        status = STATUSES[activity.status][say.language]
        standing = ", ".join([status, *([idle] if activity.idle else [])])
        due = day(activity.due, say.language) if activity.due else ""
        title = "\n".join(filter(None, (activity.title, activity.note)))
        rows.append((title, standing, ", ".join(activity.responsible), due))
    return [table([say(key) for key in ("activity", "status", "responsible", "due")], rows)] if rows else []


def _group(group: OpenGroup, language: PaperLanguage) -> list[Block]:
    return [Heading(group.title, 2), listed(writing.open_lines(group.items, language))]


def _calendar(found: Handover, say: _Words) -> list[Block]:
    rows = [(_date(ahead, say.language), ahead.title) for ahead in found.calendar]
    blocks: list[Block] = [table([say("day"), say("what")], rows)] if rows else []
    if found.calendar_ends is not None:
        blocks.append(said(say("calendar-ends", day=day(found.calendar_ends.date(), say.language))))
    return blocks


def _date(ahead: Ahead, language: PaperLanguage) -> str:
    if ahead.due_on is not None:
        return day(ahead.due_on, language)
    local = ahead.start.astimezone(ZoneInfo(ahead.time_zone))
    return f"{WORDINGS[language].clock.at(local)} ({ahead.time_zone})"


def _contacts(found: Handover, say: _Words) -> list[Block]:
    blocks: list[Block] = [Heading(say("holders"), 2)]
    for holder in found.holders:
        blocks.append(said(", ".join(filter(None, (holder.name, holder.role))), strong=True))
        blocks += _table_of(holder.persons, say)
    for committee in found.committees:
        blocks += [Heading(committee.title, 2), *_table_of(committee.members, say)]
    return blocks


def _table_of(contacts: Sequence[Contact], say: _Words) -> list[Block]:
    if not contacts:
        return [said(say("none"))]
    head = [say(key) for key in ("name", "role", "of", "email", "telephone")]
    rows = [
        (one.name, one.role or "", one.organisation or one.state or "", one.email, one.telephone or "")
        for one in contacts
    ]
    return [table(head, rows)]


def _last_analysis(found: LastAnalysis, say: _Words) -> list[Block]:
    blocks: list[Block] = []
    if found.meeting is not None:
        held = found.meeting.meeting
        blocks += [
            Heading(say("last-meeting", title=held.title), 2),
            said(writing.when(held, say.language)),
            *writing.blocks(found.meeting, 3),
        ]
    if found.assessments:
        blocks += [Heading(say("published", period=found.period), 2), _figures(found, say)]
    return blocks


def _figures(found: LastAnalysis, say: _Words) -> Block:
    levels = [say("level", level=level) for level in LEVELS]
    head = [say("state"), *levels, say("not-applicable"), say("not-assessed"), say("score")]
    rows = [
        (one.name, *_counts(one.levels), one.score.value if one.score else "") for one in found.assessments
    ]
    return table(head, [*rows, (say("total"), *_counts(found.total), "")])


def _counts(counts: LevelCounts) -> Iterable[str]:
    return (str(number) for number in counts.model_dump().values())
