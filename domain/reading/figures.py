"""Numbers, and what they count: `120 women`, `women: 12`, `7 of the 20 seats`, `18 per cent of staff`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.reading.lexicon import (
    FIGURE,
    MONEY,
    MONEY_WORD,
    NUMBER_WORD,
    PERCENT,
    PERCENT_WORD,
    REFERENCE,
    UNIT,
    Match,
)

COLUMN = " | "
PLURAL = ("s", "S")
NUMBER = re.compile(
    r"(?<![\w.,/-])(?:\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\w/-]|[.,]\d)"
)
YEAR = re.compile(r"(?:19|20)\d\d")
PARAGRAPH_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*\.\s")
CHAIN = re.compile(r"\s*(?:,|and|et|y|e|/)\s*")
RANGE = re.compile(r"\s*(?:to|and|à|a|al|et|y|–|-)\s*")
FROM = re.compile(r"\b(?:from|de|du|del)\s*\Z")
OUT_OF = re.compile(r"\s*(?:out of|of|sur|des|de|on)(?:\s+(?:the|its|their|les|ses|leurs|los|las|sus))?\s*")
STOP = re.compile(r"[;.]\s|,\s|\)|\n\n")
SENTENCE_STOP = re.compile(r"[;]|\.\s")
# `two networks of survivors` counts networks, `20 of the women` and `102 sont des femmes` do count women.
LINKS = "for|to|among|à|aux?|pour|parmi|para|a|al|entre|of|de|des"
COPULAS = "are|were|sont|étaient|son|eran|fueron"
PREPOSITIONS = f"{LINKS}|by|with|in|from|on|at|that|which|who|du|par|avec|en|dans|qui|que|del|por|con"
ANOTHER_HEAD = re.compile(
    rf"\s*(?!d['’]|(?:{LINKS}|{COPULAS}|sur|chez)\b)[^\W\d_].*?\s(?:d['’]|(?:{PREPOSITIONS})\b)", re.DOTALL
)
BEFORE_NUMBER = re.compile(r"\s*[:(|=–-]?\s*")
# `women 12 |` counts women, `reserved to women two seats` does not.
COUNTS_ON = re.compile(r"\s+[^\W\d_]")
WORDS_BEFORE_COUNTED = 4
COUNT_REACH = 45
SHARE_REACH = 60
NEXT_COUNTED = 16
NEXT_OF_SHARE = 60
MONEY_REACH = 30


@dataclass(frozen=True, slots=True)
class Number:
    """`share`: a part of a whole, in per cent or as `7 of the 20`; what it counts may stand on both sides."""

    start: int
    end: int
    percent: bool = False
    money: bool = False
    share: bool = False


def figures_in(text: str, matches: Sequence[Match], counted: frozenset[str]) -> list[Match]:
    """Every figure: `figure`, `figure.<concept>` for what it counts, `figure.percent`, `figure.money`."""
    cues = {key: [m for m in matches if m.key == key] for key in (REFERENCE, UNIT, PERCENT_WORD, MONEY_WORD)}
    written = [(m.start, m.end) for m in matches if m.key == NUMBER_WORD]
    numbers = merged(text, [qualified(n, cues, text) for n in countable(text, written, cues)])
    concepts = heads([m for m in matches if m.key in counted], matches, text)
    found: list[Match] = []
    for place, number in enumerate(numbers):
        left = numbers[place - 1].end if place else 0
        right = numbers[place + 1].start if place + 1 < len(numbers) else len(text)
        found.extend(told(number, counted_by(text, number, concepts, left, right)))
    return found


def heads(counted: Sequence[Match], matches: Sequence[Match], text: str) -> list[Match]:
    """Those that a number may count: in `40 women and children protection desks` it is the desks."""
    bound = [
        one
        for pair in pairwise(counted)
        if CHAIN.fullmatch(text, pair[0].end, pair[1].start) and is_modifier(pair[1], matches, text)
        for one in pair
    ]
    return [match for match in counted if match not in bound]


def is_modifier(match: Match, matches: Sequence[Match], text: str) -> bool:
    """Whether a term begins with it that names no people: `child protection`, but not `child survivors`."""
    return any(
        term.start == match.start
        and term.end > match.end
        and not text.endswith(PLURAL, match.start, term.end)
        for term in matches
        if not term.key.startswith("~")
    )


def told(number: Number, counted: list[Match]) -> Iterator[Match]:
    start = min([number.start, *(m.start for m in counted)])
    end = max([number.end, *(m.end for m in counted)])
    if number.money:
        yield Match(MONEY, number.start, number.end)
        return
    if number.percent:
        yield Match(PERCENT, number.start, number.end)
    if counted:
        yield Match(FIGURE, start, end)
    for match in counted:
        yield Match(f"{FIGURE}.{match.key}", start, end)


def countable(
    text: str, written: list[tuple[int, int]], cues: dict[str, list[Match]]
) -> Iterator[tuple[int, int]]:
    """Numbers that may count something: no paragraph numbers, years, articles or measures."""
    opening = PARAGRAPH_NUMBER.match(text)
    first = opening.end() if opening else 0
    named_until = -1
    for start, end in sorted({*(m.span() for m in NUMBER.finditer(text, first)), *written}):
        named = any(0 <= start - cue.end <= 2 for cue in cues[REFERENCE])
        chained = named_until >= 0 and CHAIN.fullmatch(text, named_until, start)
        if named or chained:
            named_until = end
        elif not measures(text, start, end, cues):
            yield start, end


def measures(text: str, start: int, end: int, cues: dict[str, list[Match]]) -> bool:
    if any(0 <= cue.start - end <= 2 for cue in cues[UNIT]):
        return True
    return bool(YEAR.fullmatch(text, start, end))


def qualified(span: tuple[int, int], cues: dict[str, list[Match]], text: str) -> Number:
    start, end = span
    percent = next((m.end for m in cues[PERCENT_WORD] if 0 <= m.start - end <= 2), 0)
    after = [
        m for m in cues[MONEY_WORD] if 0 <= m.start - end <= MONEY_REACH and one_amount(text, end, m.start)
    ]
    before = [m for m in cues[MONEY_WORD] if 0 <= start - m.end <= 1]
    return Number(start, max(end, percent), bool(percent), bool(after or before), bool(percent))


def one_amount(text: str, start: int, end: int) -> bool:
    """Whether nothing between a number and a currency says that they do not belong together."""
    between = text[start:end]
    return not re.search(r"[\d,;]|\.\s", between) and len(between.split()) <= 4


def merged(text: str, numbers: list[Number]) -> list[Number]:
    """`from 12 to 18` is one figure, and so are `12 to 18 per cent` and `7 of the 20`."""
    figures: list[Number] = []
    for number in numbers:
        last = figures[-1] if figures else None
        if last and not last.share and is_range(text, last, number):
            figures[-1] = Number(last.start, number.end, percent=number.percent, share=True)
        elif last and not (number.money or last.money) and OUT_OF.fullmatch(text, last.end, number.start):
            figures[-1] = Number(last.start, number.end, percent=last.percent, share=True)
        else:
            figures.append(number)
    return figures


def is_range(text: str, low: Number, high: Number) -> bool:
    joined = RANGE.fullmatch(text, low.end, high.start) and not (low.money or high.money)
    return bool(joined and (high.percent or FROM.search(text[max(0, low.start - 6) : low.start])))


def counted_by(text: str, number: Number, concepts: list[Match], left: int, right: int) -> list[Match]:
    """What a number counts: what follows it, else the label before it; a share has two sides."""
    following = sorted((m for m in concepts if number.end <= m.start < right), key=lambda m: (m.start, m.end))
    heads = [m for m in following if near(text, number, m)]
    gap = NEXT_OF_SHARE if number.share else NEXT_COUNTED
    counted = linked(following[following.index(heads[0]) :], gap) if heads else []
    if counted and not number.share:
        return counted
    return counted + [
        m
        for m in concepts
        if m.end <= number.start and (left <= m.start or labels_row(text, m)) and labels(text, m, number)
    ]


def near(text: str, number: Number, match: Match) -> bool:
    between = text[number.end : match.start]
    if number.share:
        return len(between) <= SHARE_REACH and not SENTENCE_STOP.search(between)
    if ANOTHER_HEAD.match(between):
        return False
    words = len(between.split())
    return len(between) <= COUNT_REACH and words <= WORDS_BEFORE_COUNTED and not STOP.search(between)


def linked(matches: list[Match], gap: int) -> list[Match]:
    """The first concept and those that follow it without a wide gap: `deminers were women`."""
    chain = [matches[0]]
    for last, match in pairwise(matches):
        if match.start - last.end > gap:
            break
        chain.append(match)
    return chain


def labels(text: str, match: Match, number: Number) -> bool:
    if labels_row(text, match):
        return True
    between = text[match.end : number.start]
    if number.share:
        return len(between) <= SHARE_REACH and not STOP.search(between)
    return bool(BEFORE_NUMBER.fullmatch(between)) and not (
        between.isspace() and COUNTS_ON.match(text, number.end)
    )


def labels_row(text: str, match: Match) -> bool:
    """Whether a concept is the label of a table's row, which all its figures count."""
    return match.end <= text.find(COLUMN)
