"""How a letter looks, as text and as HTML that screen readers and old mail programs can read. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

BREAK = "<br>\n"
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows them, other text than the title's too."""


class Said(Protocol):
    """What is said of one thing."""

    @property
    def subject(self) -> str: ...
    @property
    def lead(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def facts(self) -> Sequence[str]: ...
    @property
    def notes(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All that a letter says. `digest` is the sentence above a list of several things."""

    language: str
    subject: str
    greeting: str
    told: Sequence[Said]
    digest: str | None
    attached: str | None
    automatic: str
    stop: str
    stop_link: str
    way_out: str | None


def one_line(text: str) -> str:
    """Headers must not break, and text must not turn round, whatever a title contains."""
    kept = "".join(
        " " if _breaks(character) else character for character in text if character not in DIRECTIONS
    )
    return " ".join(kept.split())


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"}


def set_apart(text: str) -> str:
    """Text that may run from right to left, so that what stands beside it keeps its own order."""
    if any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in text):
        return f"{ISOLATE}{text}{END_OF_ISOLATE}"
    return text


def as_text(page: Page) -> str:
    return "\n\n".join(_text_blocks(page)) + "\n"


def _text_blocks(page: Page) -> Iterator[str]:
    yield page.greeting
    if page.digest is None:
        [only] = page.told
        yield only.lead
        yield "\n".join([only.title, *only.facts])
        if only.notes:
            yield "\n".join(only.notes)
    else:
        yield page.digest
        for said in page.told:
            yield "\n".join([f"* {said.subject}", *(f"  {fact}" for fact in said.facts)])
    if page.attached:
        yield page.attached
    stop = [page.stop.format(address=page.way_out)] if page.way_out else []
    yield "\n".join([page.automatic, *stop])


def as_html(page: Page) -> str:
    body = "\n".join(_html_blocks(page))
    return (
        f'<!DOCTYPE html>\n<html lang="{page.language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(page.subject)}</title>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _html_blocks(page: Page) -> Iterator[str]:
    yield _paragraph(page.greeting)
    if page.digest is None:
        [only] = page.told
        yield _paragraph(only.lead)
        yield f'<h1 dir="auto" style="font-size:1.25em">{escape(only.title)}</h1>'
        if only.facts:
            yield _paragraph(*only.facts)
        if only.notes:
            yield f'<p dir="auto">{BREAK.join(map(escape, only.notes))}</p>'
    else:
        yield _paragraph(page.digest)
        yield "<ul>"
        for said in page.told:
            subject = f"<strong>{escape(said.subject)}</strong>"
            yield f"<li>{BREAK.join([subject, *map(escape, said.facts)])}</li>"
        yield "</ul>"
    if page.attached:
        yield _paragraph(page.attached)
    yield "<hr>"
    yield _paragraph(page.automatic)
    if page.way_out:
        yield f'<p><a href="{escape(page.way_out)}">{escape(page.stop_link)}</a></p>'


def _paragraph(*lines: str) -> str:
    return f"<p>{BREAK.join(map(escape, lines))}</p>"
