"""Whether a statement is about a criterion, and which level it is at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.assessments.statements import Record, Standing, Statement
from domain.reading.lexicon import DONE, OUTCOME, Lexicon
from domain.reading.signals import Signal
from schemas.rubrics import Alternative, Criterion, LevelRule, Reach

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
    """A statement about the criterion.

    It rests on the signals `about` the criterion and on `acts`; `elsewhere`: its subject matter stands
    around the sentence. `support` is the passage that follows, when it gives what must be told beside.
    """

    statement: Statement
    level: int
    about: tuple[Signal, ...]
    acts: tuple[Signal, ...] = ()
    elsewhere: bool = False
    beside: tuple[str, ...] = ()
    support: int | None = None

    @property
    def told(self) -> tuple[Signal, ...]:
        return (*self.about, *self.acts)


class Sighting(NamedTuple):
    """The signals by which concepts meet; `elsewhere`: their topic is named around the sentence."""

    signals: tuple[Signal, ...]
    elsewhere: bool


class Yardstick:
    """A criterion made ready for a lexicon: which statements are about it, and how far they go."""

    def __init__(self, criterion: Criterion, lexicon: Lexicon) -> None:
        expand = lexicon.below
        own = meetings_of(criterion.concepts, expand)
        rules = {**default_rules(lexicon), **{int(k): v for k, v in criterion.levels.items()}}
        self.about = own
        self.rules = rules
        self.exempting = meetings_of(criterion.not_applicable_when, expand)
        self.bars = {level: [bar_of(rule, own, expand) for rule in rules[level]] for level in LEVELS}
        meetings = [
            *own,
            *(meeting for bars in self.bars.values() for bar in bars for meeting in bar.meetings),
        ]
        self.anchors = frozenset().union(*(meeting.groups[0] for meeting in meetings))

    def needed(self, level: int) -> list[str]:
        """The signals that a level asks for beyond the concepts, in the order of its rules."""
        groups = [group for rule in self.rules.get(level, ()) for group in (rule.beside or rule.signals)]
        named = (key for group in groups for key in ([group] if isinstance(group, str) else group))
        return list(dict.fromkeys(named))


def default_rules(lexicon: Lexicon) -> dict[int, list[LevelRule]]:
    """Mentioned or promised; a measure taken or under way; a measure with what came of it.

    An outcome that is told tells of a measure, too.
    """
    taken: list[str | list[str]] = [[DONE, OUTCOME]]
    return {
        1: [LevelRule(realised=False)],
        2: [LevelRule(signals=taken)],
        3: [LevelRule(signals=taken, beside=result) for result in lexicon.results],
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


def met(meetings: Sequence[Meeting], statement: Statement) -> Sighting | None:
    """How the concepts of the first of the meetings that takes place meet in a statement."""
    for meeting in meetings:
        if not together(meeting, statement):
            continue
        for anchor in statement.signals:
            if anchor.key not in meeting.groups[0]:
                continue
            found = around(anchor, meeting, statement)
            if found and not disturbed(found.signals, meeting, statement):
                return found
    return None


def together(meeting: Meeting, statement: Statement) -> bool:
    """Whether a statement has the concepts, however far apart."""
    return all(group & statement.keys for group in meeting.groups)


def disturbed(found: tuple[Signal, ...], meeting: Meeting, statement: Statement) -> bool:
    """Whether what must not be there is: as near to those that meet, or to their like, as they to each other.

    What stands farther off is another matter. For a concept that meets no other, the clause is near.
    """
    unwanted = [signal for signal in statement.signals if signal.key in meeting.without]
    if not unwanted or len(found) == 1:
        return bool(unwanted)
    width = max(distance(found[0], signal) for signal in found[1:])
    like = [*found, *(signal for signal in statement.signals if signal.key in meeting.groups[0])]
    return any(distance(one, other) <= width for one in unwanted for other in like)


def around(anchor: Signal, meeting: Meeting, statement: Statement) -> Sighting | None:
    found = [anchor]
    for group in meeting.groups[1:]:
        nearest = nearest_to(anchor, group, statement, meeting.within)
        if nearest is None:
            return None
        found.append(nearest)
    if not meeting.topic:
        return Sighting(tuple(found), elsewhere=False)
    topic = nearest_to(anchor, meeting.topic, statement, meeting.within)
    if topic is not None:
        return Sighting((*found, topic), elsewhere=False)
    return Sighting(tuple(found), elsewhere=True) if meeting.topic & statement.context else None


def nearly_met(meetings: Sequence[Meeting], record: Record) -> bool:
    """Whether the State itself names in one statement all that must meet, if far apart or in bad company."""
    own = (s for s in record.statements if s.standing in (Standing.TOLD, Standing.PLANNED))
    wanted = [(*meeting.groups, *([meeting.topic] if meeting.topic else [])) for meeting in meetings]
    several = [groups for groups in wanted if len(groups) > 1]
    return any(all(group & s.keys for group in groups) for s in own for groups in several)


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
    candidates = (statement for statement in record.statements if statement.keys & yardstick.anchors)
    found = (hit_of(yardstick, record, statement) for statement in candidates)
    return [hit for hit in found if hit]


def hit_of(yardstick: Yardstick, record: Record, statement: Statement) -> Hit | None:
    if statement.standing in (Standing.HEARD, Standing.DENIED):
        about = met(yardstick.about, statement)
        return Hit(statement, 0, about.signals, elsewhere=about.elsewhere) if about else None
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
    acts = tuple(s for s in statement.signals if any(s.key in group for group in bar.signals))
    shown = (key for group, teller in zip(bar.beside, beside, strict=True) for key in group & teller.keys)
    support = (teller.passage for teller in beside if teller.passage != statement.passage)
    return Hit(
        statement, level, about.signals, acts, about.elsewhere, tuple(sorted(set(shown))), next(support, None)
    )
