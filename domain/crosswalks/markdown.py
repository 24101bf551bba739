"""A draft of another report as Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from domain.crosswalks.quoting import is_gap
from schemas.reuse import DraftSection, Heading, Quotation, QuotedApart, Reuse, Supports

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_AT_THE_START = re.compile(r"(?m)^(\s*\d*)([-+=.)])")
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
_DIVIDED = re.compile(r"\u00ad\s*\n\s*|(?<=\w-)[^\S\n]*\n\s*(?=\w)")
_LINE_END = re.compile(r"\s*\n\s*")
_BASIS = {  # a statement on an indication calls itself one
    "conflict": "**Conflict: a person must decide.**",
    "nothing": "**Proves nothing: on a related matter only.**",
}


def written(draft: Reuse) -> str:
    """Sections under the headings of the other framework, and what nothing was found for at the end."""
    return "\n\n".join(_blocks(draft)) + "\n"


def _blocks(draft: Reuse) -> Iterator[str]:
    title = _plain(_title(draft.title, draft.languages))
    yield f"# {title}: {draft.state}, {draft.period}"
    yield (
        f"Quoted from the report under `{draft.framework}`, revision {draft.revision}; "
        f"by `{draft.to}@{draft.edition}`."
    )
    if not draft.party:
        yield f"**{draft.state} is not bound by `{draft.to}` at the end of the period.**"
    if draft.stale:
        yield "**Findings or mappings have changed since this was derived.**"
    opened: list[str] = []
    for section in draft.sections:
        yield from _headings(section, opened, draft.languages)
        opened = [heading.provision for heading in section.under]
        yield from _section(section, draft.languages)
    yield from _all_apart(draft)
    if draft.unanswered:
        yield "## No mapping leads here"
        yield "\n".join(f"- {_named(heading, draft.languages)}" for heading in draft.unanswered)


def _headings(section: DraftSection, opened: Sequence[str], languages: Sequence[str]) -> Iterator[str]:
    """Those that the section before did not stand under already."""
    for depth, heading in enumerate(section.under):
        if heading.provision not in opened:
            yield f"{_marks(depth)} {_named(heading, languages)}"


def _section(section: DraftSection, languages: Sequence[str]) -> Iterator[str]:
    own = Heading(provision=section.provision, title=section.title)
    yield f"{_marks(len(section.under))} {_named(own, languages)}"
    if section.override is not None:
        said = section.override
        yield f"**{said.established}**, as decided by {_plain(said.by)}: {_plain(said.reason)}"
    elif section.basis in _BASIS:
        yield _BASIS[section.basis]
    derived = "Derived: " if section.override is not None else ""
    yield derived + _plain(section.statement)
    for quotation in section.quotations:
        yield from _quoted(quotation)
    for other in section.elsewhere:
        there = Heading(provision=other.provision, title=other.title)
        yield f"Quoted under {_named(there, languages)}: {len(other.evidence)} more."
    if not section.quotations and not section.elsewhere:
        yield "Nothing to quote."
    if section.unfitting:
        behind, pieces = "Of what stands behind it,", _pieces(len(section.unfitting))
        yield f"{behind} {pieces} on other subjects or about other people: quoted under others, or apart."
    if section.unrecognised and not section.quotations and not section.elsewhere:
        subjects = ", ".join(f"`{subject}`" for subject in section.unrecognised)
        yield f"No passage is recognised as being on {subjects}: a person must see whether any is."


_REASONS = {
    "other-subjects": "What findings also rest on, on the subject of no provision that a mapping leads to: ",
    "other-people": "What they also rest on, and is not about those whom all of the framework is about: ",
}


def _all_apart(draft: Reuse) -> Iterator[str]:
    if draft.apart:
        yield "## Quoted apart"
    for reason, groups in groupby(draft.apart, key=lambda group: group.reason):
        of_it = list(groups)
        yield f"{_REASONS[reason]}{sum(len(group.quotations) for group in of_it)}."
        for group in of_it:
            yield from _apart(group, draft.languages)


def _pieces(number: int) -> str:
    return "1 piece is" if number == 1 else f"{number} pieces are"


def _apart(group: QuotedApart, languages: Sequence[str]) -> Iterator[str]:
    near = "; ".join(_named(heading, languages) for heading in group.near)
    if group.reason == "other-subjects":
        yield f"Nearest by theme, though no mapping leads there: {near}." if near else "Near to no provision."
    for quotation in group.quotations:
        yield from _quoted(quotation)


def _marks(depth: int) -> str:
    return "#" * min(depth + 2, 6)


def _named(heading: Heading, languages: Sequence[str]) -> str:
    return f"{_plain(_title(heading.title, languages))} ({heading.provision})"


def _title(title: dict[str, str], languages: Sequence[str]) -> str:
    known = [title[language] for language in (*languages, "en") if language in title]
    return known[0] if known else next(iter(title.values()))


def _quoted(quotation: Quotation) -> Iterator[str]:
    """Marked as a gap where that is all it is evidence of; line breaks of the page are none of the text."""
    if is_gap(quotation):
        yield "**The report states a gap:**"
    source = [
        _plain(quotation.name) if quotation.name else None,
        f"section {quotation.section}" if quotation.section else None,
        f"p. {quotation.page}" if quotation.page is not None else None,
        f"para. {quotation.paragraph}" if quotation.paragraph else None,
        *(_supports(one) for one in quotation.supports),
    ]
    said = "\n>\n".join(f"> {_plain(paragraph)}" for paragraph in _paragraphs(quotation.text))
    yield f"{said}\n>\n> — {', '.join(filter(None, source))}"


def _paragraphs(text: str) -> Iterator[str]:
    """Each on one line; a word that was divided at the end of a line keeps its hyphen."""
    for paragraph in _BLANK_LINES.split(text.strip()):
        yield _LINE_END.sub(" ", _DIVIDED.sub("", paragraph))


def _supports(finding: Supports) -> str:
    gap = ", a stated gap" if finding.level == 0 else ""
    return f"{finding.criterion} at level {finding.level}{gap}"


def _plain(text: str) -> str:
    """As it is to be read, with no character that Markdown would take for its own."""
    return _AT_THE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))
