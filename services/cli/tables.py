"""What the terminal shows of assessments, crosswalks and meetings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from domain.assessments.rules import Proposal

LEVELS = {0: "not addressed", 1: "committed", 2: "acted on", 3: "evidenced"}
WITHOUT_LEVEL = {True: "not assessed", False: "not applicable"}
"""By whether the criterion is applicable."""

COLOURS = {0: "red", 1: "yellow", 2: "cyan", 3: "green", None: "dim"}
LONGEST = 110


def one_line(text: str) -> str:
    """On one line, cut where it would fill more than that."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1].rstrip() + "…"


def _level(level: int | None, applicable: bool) -> Text:
    name = f"– {WITHOUT_LEVEL[applicable]}" if level is None else f"{level} {LEVELS[level]}"
    return Text(name, style=COLOURS[level])


def _levels_table(title: str, rows: Iterable[tuple[str, Text, str]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_lines=False)
    table.add_column("criterion", no_wrap=True)
    table.add_column("level", no_wrap=True)
    table.add_column("evidence", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def proposals_table(title: str, proposals: Sequence[Proposal]) -> Table:
    return _levels_table(
        title,
        (
            (
                item.criterion,
                _level(item.level, item.applicable),
                one_line(item.evidence[0].text) if item.evidence else "",
            )
            for item in proposals
        ),
    )


def findings_table(title: str, findings: Sequence[dict[str, Any]]) -> Table:
    """The level per criterion with one line of evidence."""
    return _levels_table(
        title,
        (
            (
                item["criterion"],
                _level(item["level"], item["applicable"]),
                one_line(_first(item["evidence"])),
            )
            for item in findings
        ),
    )


def _first(evidence: Sequence[dict[str, Any]]) -> str:
    if not evidence:
        return ""
    best = evidence[0]
    place = f"p. {best['page']}: " if best["page"] else ""
    return f"{place}{best['text']}"


def gaps_table(findings: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="What to ask for", title_justify="left", show_header=False, box=None, padding=(0, 1))
    for item in findings:
        if item["gap"]:
            table.add_row(item["criterion"], item["gap"])
    return table


def crosswalk_table(crosswalks: Sequence[dict[str, Any]]) -> Table:
    """Per framework what is established of which provisions, and how many no mapping leads to."""
    table = Table(title="The same information elsewhere", title_justify="left")
    for name in ("framework", "established", "provisions"):
        table.add_column(name, overflow="fold")
    for crosswalk in crosswalks:
        by_word: dict[str, list[str]] = {}
        for item in crosswalk["items"]:
            by_word.setdefault(item["established"], []).append(item["provision"].partition(":")[2])
        by_word["no mapping"] = [f"{len(crosswalk['unmapped'])} provisions"]
        for number, (word, provisions) in enumerate(by_word.items()):
            table.add_row("" if number else crosswalk["to"], word, ", ".join(provisions))
    return table


def meetings_table(rows: Sequence[tuple[dict[str, Any], Sequence[dict[str, Any]]]]) -> Table:
    table = Table(title="The next quarterly meetings and their reminders", title_justify="left")
    for name in ("meeting", "starts", "reminders"):
        table.add_column(name, overflow="fold")
    for meeting, deliveries in rows:
        told = ", ".join(f"{item['due_at'][:16]}Z ({item['status']})" for item in deliveries)
        table.add_row(meeting["title"], f"{meeting['start']} {meeting['time_zone']}", told)
    return table
