"""The statements of a sentence: where each begins, and who makes it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from domain.reading.lexicon import (
    ATTRIBUTION,
    DEPENDENT,
    DONE,
    DONE_BY_FORM,
    HARD,
    HEDGING,
    NEGATION,
    OWN,
    PASSIVE,
    PHRASE,
    PLANNED,
    RECOMMENDED,
    REMARK,
    SOFT,
    SPEAKER,
    STATE,
    TITLE,
    VERB,
    Match,
)

PREDICATES = {
    NEGATION: "denied",
    HEDGING: "planned",
    PLANNED: "planned",
    DONE: "done",
    DONE_BY_FORM: "done",
    RECOMMENDED: "asked",
}
REALISED = frozenset({"done"})
REFUSED = frozenset({"denied"})
SPEAKER_TO_VERB = 70
STATE_TO_VERB = 25
OPENING = 30


def clause_starts(matches: Sequence[Match]) -> list[int]:
    """Where the clauses of a passage begin.

    A soft boundary (a comma, `and the`) parts two clauses only where both tell something and not of the
    same kind: done, planned, denied or asked for. So lists stay whole, and a plan does not rub off. What
    depends on a plan, a denial or a demand (`that`, `who`) is part of it, unless it is itself denied.
    """
    strength = boundaries(matches)
    cuts = sorted(strength)
    kinds = kinds_between([0, *cuts], matches)
    starts, told = [0], kinds[0]
    for cut, kind in zip(cuts, kinds[1:], strict=True):
        if parts(strength[cut], told, kind):
            starts.append(cut)
            told = kind
        else:
            told = told | kind
    return starts


def boundaries(matches: Sequence[Match]) -> dict[int, str]:
    """Where a clause may begin; where several cues stand at one place, the strongest."""
    return {m.start: m.key for key in (DEPENDENT, SOFT, HARD) for m in matches if m.key == key}


def parts(strength: str, told: frozenset[str], kind: frozenset[str]) -> bool:
    if strength == HARD:
        return True
    if not told or not kind or told == kind:
        return False
    return strength == SOFT or told == REALISED or (kind == REFUSED and not told & REFUSED)


def kinds_between(starts: list[int], matches: Sequence[Match]) -> list[frozenset[str]]:
    kinds: list[set[str]] = [set() for _ in starts]
    for match in matches:
        if match.key in PREDICATES:
            kinds[clause_at(starts, match.start)].add(PREDICATES[match.key])
    return [frozenset(kind) for kind in kinds]


def clause_at(starts: list[int], place: int) -> int:
    return bisect_right(starts, place) - 1


def heard_clauses(matches: Sequence[Match], starts: list[int]) -> list[int]:
    """The clauses that tell what others say or ask.

    Once others speak, they speak to the end of the sentence, or until the State takes the word again.
    """
    spoken = {clause_at(starts, m.start) for m in voices(matches)}
    asked = {
        clause_at(starts, m.start) for m in matches if m.key == RECOMMENDED or is_said(m, REMARK, matches)
    }
    own = {clause_at(starts, m.start) for m in matches if m.key == OWN and opens(m, matches, starts)}
    heard: list[int] = []
    speaking = False
    for clause in range(len(starts)):
        speaking = clause in spoken or (clause not in own and (speaking or clause in asked))
        if speaking:
            heard.append(clause)
    return heard


def opens(voice: Match, matches: Sequence[Match], starts: list[int]) -> bool:
    """Whether the State takes the word: at the beginning of a clause, before anybody remarks on it."""
    start = starts[clause_at(starts, voice.start)]
    remarked = any(start <= m.start < voice.start for m in matches if is_said(m, REMARK, matches))
    return voice.start - start <= OPENING and not remarked


def voices(matches: Sequence[Match]) -> list[Match]:
    """Others taking the word: a speaker with a verb of saying soon after, or a phrase like `according to`."""
    speakers = [m for m in matches if m.key == SPEAKER]
    verbs = [m for m in matches if m.key == RECOMMENDED or is_said(m, VERB, matches)]
    walls = [m.start for m in matches if m.key in (HARD, OWN)]
    paired = [
        Match(ATTRIBUTION, speaker.start, verb.end)
        for speaker in speakers
        for verb in verbs
        if 0 <= verb.start - speaker.end <= SPEAKER_TO_VERB
        and not any(speaker.end <= wall < verb.start for wall in walls)
    ]
    return paired + other_states(matches) + [m for m in matches if m.key == PHRASE]


def other_states(matches: Sequence[Match]) -> list[Match]:
    """Other States saying or asking something: `Norway also stated …`."""
    states = [m for m in matches if m.key == STATE]
    if not states:
        return []
    verbs = [m for m in matches if any(is_said(m, kind, matches) for kind in (VERB, REMARK, RECOMMENDED))]
    return [
        Match(ATTRIBUTION, state.start, verb.end)
        for state in states
        for verb in verbs
        if 0 <= verb.start - state.end <= STATE_TO_VERB
        and not any(m.key == OWN and state.end <= m.start < verb.start for m in matches)
    ]


def is_said(verb: Match, kind: str, matches: Sequence[Match]) -> bool:
    """Whether a match is a verb of that kind with a speaker: those who `were invited` say nothing."""
    return verb.key == kind and not any(m.key == PASSIVE and 0 <= verb.start - m.end <= 1 for m in matches)


def lists_people(matches: Sequence[Match]) -> bool:
    """Whether a passage gives names and functions, and tells nothing of anybody."""
    keys = {match.key for match in matches}
    return TITLE in keys and not keys & (PREDICATES.keys() | {VERB, REMARK})
