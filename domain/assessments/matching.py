"""Whether a statement is about a criterion, and which level it is at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.assessments.statements import Record, Standing, Statement
from domain.reading.lexicon import DONE, Lexicon
from domain.reading.signals import Signal
from schemas.rubrics import Alternative, Criterion, LevelRule, Reach
from schemas.thesauri import covers

LEVELS = (3, 2, 1)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Concepts that must meet; each set stands for a key and those below it."""

    groups: tuple[frozenset[str], ...]
    topic: frozenset[str]
    within: int
    without: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bar:
    """A level rule, ready to be applied."""

    meetings: tuple[Meeting, ...]
    signals: tuple[frozenset[str], ...]
    beside: tuple[frozenset[str], ...]
    reach: Reach
    realised: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement about the criterion. `told` are the signals that it rests on, `support` the passage
    that follows, when it gives what must be told beside the statement."""

    statement: Statement
    level: int
    told: tuple[Signal, ...]
    beside: tuple[str, ...] = ()
    support: int | None = None


class Yardstick:
    """A criterion made ready for a lexicon: which statements are about it, and how far they go."""

    def __init__(self, criterion: Criterion, lexicon: Lexicon) -> None:
        def expand(key: str) -> frozenset[str]:
            return frozenset(known for known in lexicon.keys if covers(key, known))

        own = meetings_of(criterion.concepts, expand)
        rules = {**default_rules(lexicon), **{int(k): v for k, v in criterion.levels.items()}}
        self.about = own
        self.rules = rules
        self.exempting = meetings_of(criterion.not_applicable_when, expand)
        self.bars = {level: [bar_of(rule, own, expand) for rule in rules[level]] for level in LEVELS}

    def needed(self, level: int) -> list[str]:
        """The signals that a level asks for beyond the concepts, in the order of its rules."""
        groups = [group for rule in self.rules.get(level, ()) for group in (rule.beside or rule.signals)]
        named = (key for group in groups for key in ([group] if isinstance(group, str) else group))
        return list(dict.fromkeys(named))


def default_rules(lexicon: Lexicon) -> dict[int, list[LevelRule]]:
    """Mentioned or promised; a measure taken or under way; a measure with what came of it."""
    return {
        1: [LevelRule(realised=False)],
        2: [LevelRule(signals=[DONE])],
        3: [LevelRule(signals=[DONE], beside=result) for result in lexicon.results],
    }


def meetings_of(
    alternatives: Sequence[Alternative], expand: Callable[[str], frozenset[str]]
) -> tuple[Meeting, ...]:
    return tuple(meeting_of(alternative, expand) for alternative in alternatives)


def meeting_of(alternative: Alternative, expand: Callable[[str], frozenset[str]]) -> Meeting:
    if isinstance(alternative, str):
        return Meeting((expand(alternative),), frozenset(), 0, frozenset())
    return Meeting(
        tuple(any_of(group, expand) for group in alternative.all),
        any_of(alternative.topic, expand),
        alternative.within,
        any_of(alternative.without, expand),
    )


def any_of(keys: str | list[str], expand: Callable[[str], frozenset[str]]) -> frozenset[str]:
    named = [keys] if isinstance(keys, str) else keys
    return frozenset().union(*map(expand, named))


def bar_of(rule: LevelRule, own: tuple[Meeting, ...], expand: Callable[[str], frozenset[str]]) -> Bar:
    return Bar(
        own if rule.concepts is None else meetings_of(rule.concepts, expand),
        tuple(any_of(group, expand) for group in rule.signals),
        tuple(any_of(group, expand) for group in rule.beside),
        rule.reach,
        rule.realised,
    )


def met(meetings: Sequence[Meeting], statement: Statement) -> tuple[Signal, ...]:
    """The signals by which the concepts of one of the meetings meet in a statement; empty if none do."""
    for meeting in meetings:
        if not all(group & statement.keys for group in meeting.groups) or meeting.without & statement.keys:
            continue
        for anchor in statement.signals:
            if anchor.key in meeting.groups[0] and (found := around(anchor, meeting, statement)):
                return found
    return ()


def around(anchor: Signal, meeting: Meeting, statement: Statement) -> tuple[Signal, ...]:
    found = [anchor]
    for group in meeting.groups[1:]:
        nearest = nearest_to(anchor, group, statement, meeting.within)
        if nearest is None:
            return ()
        found.append(nearest)
    if meeting.topic:
        topic = nearest_to(anchor, meeting.topic, statement, meeting.within)
        if topic is not None:
            found.append(topic)
        elif not meeting.topic & statement.context:
            return ()
    return tuple(found)


def nearest_to(anchor: Signal, group: frozenset[str], statement: Statement, within: int) -> Signal | None:
    near = [
        (distance(anchor, signal), signal)
        for signal in statement.signals
        if signal.key in group and distance(anchor, signal) <= within
    ]
    return min(near)[1] if near else None


def distance(one: Signal, other: Signal) -> int:
    """Characters between two signals; 0 where they touch or overlap."""
    return max(0, other.start - one.end, one.start - other.end)


def hits_of(yardstick: Yardstick, record: Record) -> list[Hit]:
    """The statements about a criterion, each with its level."""
    found = (hit_of(yardstick, record, statement) for statement in record.statements)
    return [hit for hit in found if hit]


def hit_of(yardstick: Yardstick, record: Record, statement: Statement) -> Hit | None:
    if statement.standing in (Standing.HEARD, Standing.DENIED):
        about = met(yardstick.about, statement)
        return Hit(statement, 0, about) if about else None
    hits = (
        reached(bar, level, statement, record)
        for level in LEVELS
        for bar in yardstick.bars[level]
        if statement.standing is Standing.TOLD or not bar.realised
    )
    return next((hit for hit in hits if hit), None)


def reached(bar: Bar, level: int, statement: Statement, record: Record) -> Hit | None:
    """The hit, if the statement is about it, tells what it must, and the rest is told within reach."""
    if not all(group & statement.keys for group in bar.signals):
        return None
    about = met(bar.meetings, statement)
    if not about:
        return None
    beside: list[Statement] = []
    for group in bar.beside:
        teller = next((near for near in record.near(statement, bar.reach) if group & near.keys), None)
        if teller is None:
            return None
        beside.append(teller)
    acts = (signal for signal in statement.signals if any(signal.key in group for group in bar.signals))
    shown = (key for group, teller in zip(bar.beside, beside, strict=True) for key in group & teller.keys)
    support = (teller.passage for teller in beside if teller.passage != statement.passage)
    return Hit(statement, level, (*about, *acts), tuple(sorted(set(shown))), next(support, None))
