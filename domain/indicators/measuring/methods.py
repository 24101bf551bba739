"""The methods by which progress is measured: what share of the way is made, or why there is none. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from domain.indicators import printed
from domain.indicators.measuring.aims import MONTHS, aim, deadline, in_turn, increment
from domain.indicators.measuring.case import (
    Case,
    NotComputable,
    Progress,
    direction,
    latest_number,
    must_add_up,
    observed_number,
    only,
    plainly,
    said,
    same_unit,
    stated,
    total,
)
from domain.indicators.measuring.growth import log, rate
from domain.indicators.printed import Per, Stated
from schemas.libraries import Direction
from schemas.progress import Method, Status

ON_TRACK, BEHIND = Fraction(95, 100), Fraction(1, 2)
"""The least shares of what is expected that count as on track and as behind; below that it is off track."""

MOST_PERCENT = 1_000_000_000


def _linear(case: Case) -> Progress:
    base, end = _way(case)
    return _by_share(case, base, end, latest_number(case))


def _count(case: Case) -> Progress:
    base, end = _way(case)
    reached = base + total(case)
    return replace(_by_share(case, base, end, reached), inputs={"total": plainly(reached)})


def _incremental(case: Case) -> Progress:
    """So many more, or fewer, than the baseline. Where values add up, no baseline is needed."""
    more = increment(only(case.of.targets, "target"))
    if case.of.counting == "by-period":
        reached = total(case)
        found = _judged(case, reached / more, case.elapsed, met=reached >= more)
        return replace(found, inputs={"total": plainly(reached)})
    return _linear(case)


def _way(case: Case) -> tuple[Fraction, Fraction]:
    """From where to where; in which direction is known as well."""
    base, [end] = _ways(case, [only(case.of.targets, "target")])
    return base, end


def _ways(case: Case, targets: Sequence[Stated]) -> tuple[Fraction, Sequence[Fraction]]:
    ends = [aim(case.of, only([target], "target")) for target in targets]
    baseline, base = stated(case.of.baselines, "baseline")
    for target in targets:
        same_unit(baseline, target)
    direction(case.of)
    return base, ends


def _by_share(case: Case, baseline: Fraction, target: Fraction, latest: Fraction) -> Progress:
    """The share of the way that is made, straight on."""
    wanted = direction(case.of)
    _must_lead(wanted, baseline, target, latest)
    share = (latest - baseline) / (target - baseline)
    return _judged(case, share, case.elapsed, met=_meets(wanted, latest, target))


def _must_lead(wanted: Direction, baseline: Fraction, target: Fraction, latest: Fraction) -> None:
    """Raises NotComputable where no way leads from the baseline to the target."""
    if baseline == target:
        holds = "meets it" if _meets(wanted, latest, target) else "misses it"
        raise NotComputable(
            "baseline-is-target", f"The baseline is the target already; the latest value {holds}."
        )
    _must_not_turn(wanted, [baseline, target])


def _must_not_turn(wanted: Direction, path: Sequence[Fraction]) -> None:
    """Raises NotComputable where a part of the way leads away from what is better."""
    for before, after in pairwise(path):
        if not _meets(wanted, after, before):
            better = "more" if wanted == "up" else "less"
            raise NotComputable(
                "against-direction",
                f"From {plainly(before)} to {plainly(after)} leads the wrong way: {better} is better.",
            )


def _meets(wanted: Direction, value: Fraction, target: Fraction) -> bool:
    return value >= target if wanted == "up" else value <= target


def _compound(case: Case) -> Progress:
    """The same rate every year: the share of the way is that of the logarithms."""
    base, end = _way(case)
    latest = latest_number(case)
    for name, figure in (("baseline", base), ("target", end), ("latest value", latest)):
        if figure < 0:
            raise NotComputable("negative-under-compound", f"The {name} is negative: no rate leads there.")
        if figure == 0:
            raise NotComputable("zero-under-compound", f"The {name} is 0: no rate leads to or from there.")
    _must_lead(direction(case.of), base, end, latest)
    share = log(latest / base) / log(end / base)
    rates = {
        "required_rate": rate(end / base, case.eve, case.ends),
        "actual_rate": rate(latest / base, case.eve, case.latest.period.ends),
    }
    found = _judged(case, share, case.elapsed, met=_meets(direction(case.of), latest, end))
    return replace(found, inputs=rates)


def _milestone(case: Case) -> Progress:
    """Several targets, each with its date: what is expected follows them; progress is towards the last."""
    targets = in_turn(case.of.targets)
    if case.of.counting != "by-period":
        base, aims = _ways(case, targets)
        return _towards(case, base, targets, aims, latest_number(case))
    if all(target.kind == "increment" for target in targets):  # of which only more is better
        case = replace(case, of=replace(case.of, direction="up"))
        base, aims = Fraction(0), [increment(target) for target in targets]
    else:
        base, aims = _ways(case, targets)
    reached = base + total(case)
    return replace(_towards(case, base, targets, aims, reached), inputs={"total": plainly(reached)})


def _towards(
    case: Case, base: Fraction, targets: Sequence[Stated], aims: Sequence[Fraction], reached: Fraction
) -> Progress:
    """Towards the last of several targets; what is due follows those before it, after the baseline."""
    found = _by_share(case, base, aims[-1], reached)
    eve = case.eve
    dated = zip(map(deadline, targets), aims, strict=True)
    ahead = [(day, aim) for day, aim in dated if eve is None or day > eve]
    _must_not_turn(direction(case.of), [base, *(aim for _, aim in ahead)])
    if len(targets) == 1 or eve is None or found.value is None:
        return found
    due = (_on_path([(eve, base), *ahead], case.latest.period.ends) - base) / (aims[-1] - base)
    return _judged(case, found.value, due, met=bool(found.met))


def _on_path(path: Sequence[tuple[date, Fraction]], day: date) -> Fraction:
    """Straight from one date to the next."""
    for (first, low), (last, high) in pairwise(path):
        if day <= first:
            return low
        if day <= last:
            return low + (high - low) * Fraction((day - first).days, (last - first).days)
    return path[-1][1]


def _ordinal(case: Case) -> Progress:
    """The share of the steps of the scale."""
    if not case.of.levels:
        raise NotComputable("no-scale", "The indicator is ordinal, and no scale says in which order.")
    targets = in_turn(case.of.targets)
    aims = [_step_stated(case, target, "target") for target in targets]
    base = _step_stated(case, only(case.of.baselines, "baseline"), "baseline")
    direction(case.of)
    return _towards(case, base, targets, aims, _step(case, said(case.latest), "latest value"))


def _step_stated(case: Case, value: Stated, what: str) -> Fraction:
    """A name that has a year in it is a name first."""
    is_name = printed.level(value.printed, case.of.levels) is not None
    return _step(case, value.printed if is_name else value.what, what)


def _step(case: Case, text: str, what: str) -> Fraction:
    step = printed.level(text, case.of.levels)
    if step is None and printed.level(text, case.of.left_out) is not None:
        raise NotComputable("not-applicable", f"The {what} “{text}” is no step: the scale leaves it out.")
    if step is None:
        raise NotComputable("not-on-scale", f"The {what} “{text}” is not a level of the scale.")
    return Fraction(step)


def _yes_no(case: Case) -> Progress:
    """Done or not; there is nothing between, so nothing is expected before the end."""
    target = only(case.of.targets, "target")
    wanted, latest = _answer(target.what, "target"), case.latest
    met = _answer(said(latest), "latest value") == wanted
    if [printed.yes_or_no(value.what) for value in case.of.baselines[:1]] == [wanted]:
        holds = "still holds" if met else "no longer holds"
        raise NotComputable("baseline-is-target", f"The baseline is the target already, and it {holds}.")
    status: Status = "no-change"
    sentence = "It is not done yet."
    if met:
        status, sentence = "achieved", "It is done."
    elif case.over:
        status, sentence = "off-track", "It is not done, and the time is over."
    return Progress(
        status, sentence, value=Fraction(int(met)), expected=Fraction(1) if case.over else None, met=met
    )


def _answer(text: str, what: str) -> bool:
    said = printed.yes_or_no(text)
    if said is None:
        raise NotComputable("not-yes-or-no", f"The {what} is neither yes nor no: “{text}”.")
    return said


def _per_period(case: Case) -> Progress:
    """The share of the years, quarters or months observed that met what each of them should bring."""
    target, wanted_of_each = stated(case.of.targets, "target")
    per, better = target.per or "year", direction(case.of)
    wanted = _wanted(case, per)
    sums = [value for part, value in _sums(case, per) if wanted is None or part in wanted]
    if not sums:
        raise NotComputable("no-observation", f"No whole {per} was observed.")
    met = [_meets(better, value, wanted_of_each) for value in sums]
    share = Fraction(sum(met), len(met))
    lacking = None if wanted is None else len(wanted) - len(met)
    told = f"{sum(met)} of {_counted(len(met), per)} observed met the target of {target.printed}"
    if lacking and case.over:
        told = f"{told}; the time is over, and {_counted(lacking, per)} of it {_were(lacking)} not observed"
    return Progress(
        _standing_of(share, every=lacking == 0, over=case.over),
        f"{told}.",
        value=share,
        expected=Fraction(1),
        met=met[-1],
        inputs={
            "periods_met": sum(met),
            "periods_observed": len(met),
            "periods_wanted": None if wanted is None else len(wanted),
        },
    )


def _counted(count: int, per: Per) -> str:
    return f"{count} {per}{'s' * (count > 1)}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _standing_of(share: Fraction, *, every: bool, over: bool) -> Status:
    """`every`: all periods have been observed, so that what is met is achieved."""
    if share == 1 and every:
        return "achieved"
    if share >= ON_TRACK and not over:
        return "on-track"
    return "behind" if share >= BEHIND else "off-track"


def _sums(case: Case, per: Per) -> list[tuple[int, Fraction]]:
    """What each part of time brought, in order; only those of which each day was observed."""
    must_add_up(case, case.observed)
    sums: defaultdict[int, Fraction] = defaultdict(Fraction)
    days: Counter[int] = Counter()
    for one in case.observed:
        part = _part(one.period.starts, per)
        if _part(one.period.ends, per) != part:
            raise NotComputable(
                "period-mismatch",
                f"The target is per {per}, and {one.period.name} does not lie within one {per}.",
            )
        sums[part] += observed_number(one)
        days[part] += (one.period.ends - one.period.starts).days + 1
    whole = [part for part in sums if days[part] == (_first(part + 1, per) - _first(part, per)).days]
    return [(part, sums[part]) for part in sorted(whole)]


def _part(day: date, per: Per) -> int:
    """The number of the year, quarter or month that a day lies in."""
    return (12 * day.year + day.month - 1) // MONTHS[per]


def _first(part: int, per: Per) -> date:
    year, month = divmod(part * MONTHS[per], 12)
    return date(year, month + 1, 1)


def _wanted(case: Case, per: Per) -> range | None:
    """Those that lie within the period, none after the day by which the target is to be met."""
    if case.during is None or case.ends is None:
        return None
    ends = min(case.ends, case.during.ends)
    first = _part(case.during.starts - timedelta(days=1), per) + 1
    return range(first, _part(ends + timedelta(days=1), per))


def _judged(case: Case, share: Fraction, expected: Fraction | None, *, met: bool) -> Progress:
    status = _standing(share, expected, over=case.over)
    made = f"{_capital(percent(abs(share)))} of the way to the target was made"
    if share < 0:
        made = f"The latest value is worse than the baseline, by {percent(-share)} of the way to the target"
    due = f"; {percent(expected)} was due by then" if expected is not None else ""
    return Progress(
        status,
        f"{made}{due}.",
        value=share,
        expected=expected,
        met=met,
    )


def _standing(share: Fraction, expected: Fraction | None, *, over: bool) -> Status:
    """Whatever is not achieved when the time is over is not on track, however little is missing."""
    if share >= 1:
        return "achieved"
    if share <= 0:
        return "regressed" if share < 0 else "no-change"
    if expected is None:
        return "under-way"
    if share >= ON_TRACK * expected and not over:
        return "on-track"
    return "behind" if share >= BEHIND * expected else "off-track"


def percent(share: Fraction) -> str:
    """Of a share that is not negative: to the tenth, and never as nothing or all what is neither."""
    if 100 * share > MOST_PERCENT:
        return f"more than {MOST_PERCENT:,} %"
    shown = f"{float(100 * share):.1f}".removesuffix(".0")
    if shown == "0" and share > 0:
        return "less than 0.1 %"
    if shown == "100" and share != 1:
        return "almost 100 %" if share < 1 else "more than 100 %"
    return f"{shown} %"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


REACHED: Mapping[Method, Callable[[Case], Progress]] = {
    "linear": _linear,
    "compound": _compound,
    "milestone": _milestone,
    "incremental": _incremental,
    "count": _count,
    "per-period": _per_period,
    "ordinal": _ordinal,
    "yes-no": _yes_no,
}
