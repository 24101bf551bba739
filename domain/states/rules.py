"""Standing under frameworks on a day, and what their memberships share. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple, Protocol

from domain.errors import Problem
from schemas.catalogue import EntryIntoForce, MembershipEntry, MembershipList
from schemas.states import MembershipStatus, PartyBy, Period

ORGANISATION = "organisation"
TERRITORY = "territory"

ADDRESSED_TO_ALL = frozenset({"agenda", "goals", "compact", "resolution-series"})
"""Kinds of framework that ask something of every State, without anyone joining them."""

ADDRESSED_TO_PARTIES = frozenset({"action-plan"})
"""Kinds that ask something of the parties of the framework under which they were adopted. Terms of reference
ask it of those who hold the office."""


def entry_into_force(rule: EntryIntoForce | None, entry: MembershipEntry) -> date | None:
    """The day from which a treaty binds a State: as stated for it, else by the treaty's rule.

    Nobody is bound before the treaty itself is in force. Who succeeds to it is bound from the day of
    deposit at the latest.
    """
    if entry.entry_into_force is not None or entry.consent is None or rule is None:
        return entry.entry_into_force
    bound = entry.consent if entry.action == "succession" else _waited(entry.consent, rule)
    return max(bound, rule.convention)


def _waited(deposit: date, rule: EntryIntoForce) -> date:
    if rule.first_of_month is None:
        return deposit + timedelta(days=rule.days or 0)
    years, month = divmod(deposit.month - 1 + rule.first_of_month, 12)
    return date(deposit.year + years, month + 1, 1)


class Dated(Protocol):
    """Whatever bears the dates of a membership."""

    @property
    def signed(self) -> date | None: ...
    @property
    def consent(self) -> date | None: ...
    @property
    def entry_into_force(self) -> date | None: ...
    @property
    def withdrawal(self) -> date | None: ...


def joined(of: Dated, party_by: PartyBy) -> date | None:
    return of.consent if party_by is PartyBy.DEPOSIT else of.entry_into_force


def status(as_of: date, of: Dated, party_by: PartyBy = PartyBy.DEPOSIT) -> MembershipStatus:
    """A State is party from the day that `party_by` names until its withdrawal takes effect."""
    if of.consent is not None and of.withdrawal is not None and of.withdrawal <= as_of:
        return MembershipStatus.WITHDRAWN
    since = joined(of, party_by)
    if since is not None and since <= as_of:
        return MembershipStatus.PARTY
    if of.signed is not None and of.signed <= as_of:
        return MembershipStatus.SIGNATORY
    return MembershipStatus.NONE


class Member(NamedTuple):
    """A membership with what is to be known of its State to count it."""

    state: str
    kind: str
    region: str | None
    subregion: str | None
    signed: date | None
    consent: date | None
    entry_into_force: date | None
    withdrawal: date | None


@dataclass(frozen=True, slots=True)
class Basis:
    """On which day, by which rule and where parties are counted."""

    as_of: date
    party_by: PartyBy = PartyBy.DEPOSIT
    region: str | None = None

    def covers(self, member: Member) -> bool:
        return self.region is None or self.region in (member.region, member.subregion)


@dataclass(frozen=True, slots=True)
class Standing:
    """The States of a framework on a day. Organisations that are party are among the parties."""

    parties: frozenset[str]
    signatories: frozenset[str]
    organisations: frozenset[str]


def standing(members: Iterable[Member], basis: Basis) -> Standing:
    parties, signatories, organisations = set(), set(), set()
    for member in filter(basis.covers, members):
        held = status(basis.as_of, member, basis.party_by)
        if held is MembershipStatus.SIGNATORY:
            signatories.add(member.state)
        elif held is MembershipStatus.PARTY:
            parties.add(member.state)
            if member.kind == ORGANISATION:
                organisations.add(member.state)
    return Standing(frozenset(parties), frozenset(signatories), frozenset(organisations))


def shared_over_time(
    ours: Iterable[Member], theirs: Iterable[Member], party_by: PartyBy
) -> list[tuple[date, int]]:
    """How many are party to both, from each day on which that changes."""
    others = {member.state: member for member in theirs}
    changes: Counter[date] = Counter()
    for member in ours:
        other = others.get(member.state)
        if other is not None:
            changes.update(_changes(member, other, party_by))
    counts, count = [], 0
    for day in sorted(changes):
        count += changes[day]
        if changes[day]:
            counts.append((day, count))
    return counts


def _changes(one: Member, other: Member, party_by: PartyBy) -> dict[date, int]:
    """The days on which a State begins and ceases to be party to both."""
    begin, begin_other = joined(one, party_by), joined(other, party_by)
    if begin is None or begin_other is None:
        return {}
    begin = max(begin, begin_other)
    end = min((day for day in (one.withdrawal, other.withdrawal) if day is not None), default=None)
    if end is None:
        return {begin: 1}
    return {begin: 1, end: -1} if begin < end else {}


def held(figure: int, counts: Sequence[tuple[date, int]]) -> list[Period]:
    """When the count was the figure."""
    periods = [
        Period(first=day, last=following - timedelta(days=1))
        for (day, count), (following, _) in pairwise(counts)
        if count == figure
    ]
    if counts and counts[-1][1] == figure:
        periods.append(Period(first=counts[-1][0], last=None))
    return periods


def combinations(parties: Mapping[str, Collection[str]]) -> list[tuple[list[str], list[str]]]:
    """Which States are party to exactly which of the frameworks, the most numerous first."""
    joined_by: defaultdict[str, list[str]] = defaultdict(list)
    for framework, states in parties.items():
        for state in states:
            joined_by[state].append(framework)
    alike: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for state in sorted(joined_by):
        alike[tuple(joined_by[state])].append(state)
    ordered = sorted(alike, key=lambda frameworks: (-len(alike[frameworks]), frameworks))
    return [(list(frameworks), alike[frameworks]) for frameworks in ordered]


class Addressed(NamedTuple):
    """What decides whom a framework speaks to, and from when on."""

    kind: str
    parent: str | None
    """The framework that it was adopted under."""
    since: date
    """The day of its adoption."""


def speaks_to(
    key: str,
    frameworks: Mapping[str, Addressed],
    *,
    on: date,
    joinable: Collection[str],
    party_to: Collection[str],
) -> bool:
    """Whether a framework speaks, on a day, to a State that is party to `party_to`.

    A framework with memberships (`joinable`) speaks to its parties, an agenda to every State, a plan to
    whom its parent speaks to, and none before it was adopted. Everything else is read by States but asks
    nothing of them: scales, guidance, working papers, terms of reference, indicator systems, strategic
    plans of organisations.
    """
    seen: set[str] = set()
    here: str | None = key
    while here is not None and here in frameworks and here not in seen:
        if here in joinable:
            return here in party_to
        seen.add(here)
        kind, parent, since = frameworks[here]
        if since > on:
            return False
        if kind not in ADDRESSED_TO_PARTIES:
            return kind in ADDRESSED_TO_ALL
        here = parent
    return False


def problems(
    document: MembershipList, kinds: Mapping[str, str], frameworks: Collection[str]
) -> list[Problem]:
    """Everything that is wrong with the list beyond its shape, all at once.

    `kinds`: of every known State; `frameworks`: keys of those known.
    """
    return [*_framework(document, frameworks), *_states(document, kinds), *_dates(document)]


def _framework(document: MembershipList, frameworks: Collection[str]) -> Iterator[Problem]:
    if document.framework not in frameworks:
        detail = f"There is no framework `{document.framework}`."
        yield Problem("/framework", "unknown-framework", detail)


def _states(document: MembershipList, kinds: Mapping[str, str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, entry in enumerate(document.memberships):
        place = f"/memberships/{number}/state"
        if entry.state not in kinds:
            yield Problem(place, "unknown-state", f"There is no State `{entry.state}`.")
        elif kinds[entry.state] == TERRITORY:
            detail = f"`{entry.state}` is a territory; only the State that administers it can be party."
            yield Problem(place, "territory", detail)
        if entry.state in seen:
            yield Problem(place, "duplicate-state", f"`{entry.state}` is in the list already.")
        seen.add(entry.state)


def _dates(document: MembershipList) -> Iterator[Problem]:
    for number, entry in enumerate(document.memberships):
        if entry.signed is not None and entry.consent is not None and entry.consent < entry.signed:
            detail = f"`{entry.state}` consented before it signed."
            yield Problem(f"/memberships/{number}/signed", "dates-out-of-order", detail)
        for name in ("entry_into_force", "withdrawal"):
            day = getattr(entry, name)
            if day is not None and (entry.consent is None or day < entry.consent):
                detail = f"`{entry.state}` has this date without having consented before."
                yield Problem(f"/memberships/{number}/{name}", "dates-out-of-order", detail)
