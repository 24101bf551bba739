"""Search over the latest published edition of every framework, in the languages of its texts.

PostgreSQL reads each text with the configuration of its language, after `search_fold` has taken case and
accents away; `decisions/0008` says why.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Double,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import REGCONFIG, distinct_on

from domain.frameworks.models import Edition, SearchEntry
from domain.frameworks.queries import latest_published
from schemas.search import Highlights, Match, Node, SearchHit

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

CONFIGURATIONS = ["english", "french", "spanish", "simple"]

BY_LENGTH = 1
"""`ts_rank` divides by 1 + the logarithm of the text's length."""

WHOLE = 1.5
"""How much more a framework weighs than a part of one with the same words."""

ALIKE = 0.55
"""From this `word_similarity` on, a title is taken to be meant."""

OPEN, CLOSE = "\x01", "\x02"
"""Stand around the words that were found; `search_fold` leaves neither in a text."""

HEADLINE = f"HighlightAll=true, StartSel={OPEN}, StopSel={CLOSE}"
TAGS = {OPEN: "<mark>", CLOSE: "</mark>"}
SHOWN = (
    SearchEntry.edition_id, SearchEntry.reference, SearchEntry.language, SearchEntry.configuration,
    SearchEntry.node, SearchEntry.kind, SearchEntry.titles, SearchEntry.title, SearchEntry.summary,
)  # fmt: skip

ACCENTS = "\u0300-\u036f"
CHARACTER = re.compile(f"[{ACCENTS}]*.[{ACCENTS}]*", re.DOTALL)
TWO_LETTERS = re.compile("[æÆœŒß]")
"""What `search_fold` writes as two letters."""

MATCHES: tuple[Match, ...] = ("words", "spelling", "some-words")
WORD = re.compile(r'"[^"]*"|[^\s"]+')
UNWANTED = re.compile(r'(?<!\S)-("[^"]*"|\S+)')


@dataclass(frozen=True)
class Search:
    """What is asked for, and where."""

    words: str
    language: str | None = None
    framework: str | None = None
    theme: str | None = None
    node: Node | None = None


class Place(NamedTuple):
    """The last hit of a page, and how it was found."""

    match: Match
    rank: float
    reference: str


async def page(session: AsyncSession, search: Search, *, after: Place | None, limit: int) -> list[SearchHit]:
    """What fits best comes first, each thing once.

    When nothing has the words: what is spelt alike; when nothing is, what has some of the words.
    """
    if after is not None:
        return await _read(session, search, after.match, after, limit)
    for match in MATCHES:
        if hits := await _read(session, search, match, None, limit):
            return hits
    return []


async def _read(
    session: AsyncSession, search: Search, match: Match, after: Place | None, limit: int
) -> list[SearchHit]:
    """A page of what holds the words, is spelt like them, or holds some of them."""
    wanted, unwanted = split(search.words)
    asked = _asked(" or ".join(WORD.findall(wanted)) if match == "some-words" else wanted)
    if match == "spelling" and not await session.scalar(_comparable(asked)):
        return []
    likeness = _likeness(wanted)
    fit, rank = (likeness, likeness) if match == "spelling" else (_fit(asked), _rank(asked))
    found = _among(search, select(*SHOWN, asked.c.query, fit.label("fit"), rank.label("rank"))).join(
        asked, asked.c.configuration == SearchEntry.configuration
    )
    found = found.where(likeness >= ALIKE if match == "spelling" else _holds(asked))
    if unwanted:
        found = found.where(SearchEntry.reference.not_in(_holding(search, unwanted)))
    rows = await session.execute(_highlighted(_page(found, after, limit)))
    return [_hit(row, match) for row in rows]


def split(words: str) -> tuple[str, str]:
    """What is wanted; and what is not, as alternatives of which any rules a thing out."""
    return UNWANTED.sub(" ", words), " or ".join(UNWANTED.findall(words))


def _asked(words: str) -> CTE:
    """The words as each configuration understands them."""
    configuration = func.unnest(cast(CONFIGURATIONS, ARRAY(Text))).column_valued("configuration")
    query = func.websearch_to_tsquery(cast(configuration, REGCONFIG), func.search_fold(configuration, words))
    return select(configuration, query.label("query")).cte().prefix_with("MATERIALIZED")


def _comparable(asked: CTE) -> Select[Any]:
    """Whether spelling can be compared, and each language leaves something to compare but stop words."""
    has_pg_trgm = func.to_regprocedure("word_similarity(text, text)").is_not(None)
    return select(has_pg_trgm & func.bool_and(func.numnode(asked.c.query) > 0)).select_from(asked)


def _among(search: Search, rows: Select[Any]) -> Select[Any]:
    """Only entries of the latest editions, and of what the search is restricted to."""
    latest = latest_published(Edition.id)
    if search.framework is not None:
        latest = latest.where(Edition.framework_key == search.framework)
    rows = rows.where(SearchEntry.edition_id.in_(select(latest.subquery().c.id)))
    if search.language is not None:
        rows = rows.where(SearchEntry.language == search.language)
    if search.theme is not None:
        rows = rows.where(literal(search.theme) == any_(SearchEntry.themes))
    if search.node is not None:
        rows = rows.where(SearchEntry.node == search.node)
    return rows


def _holds(asked: CTE) -> ColumnElement[bool]:
    return SearchEntry.vector.bool_op("@@")(asked.c.query)


def _holding(search: Search, words: str) -> Select[Any]:
    """What has one of the words in any of its languages."""
    asked = _asked(words)
    same = asked.c.configuration == SearchEntry.configuration
    return _among(search, select(SearchEntry.reference)).join(asked, and_(same, _holds(asked)))


def _fit(asked: CTE, normalization: int = 0) -> ColumnElement[float]:
    return cast(func.ts_rank(SearchEntry.vector, asked.c.query, normalization), Double)


def _rank(asked: CTE) -> ColumnElement[float]:
    return _fit(asked, BY_LENGTH) * case((SearchEntry.node == Node.FRAMEWORK, WHOLE), else_=1.0)


def _likeness(words: str) -> ColumnElement[float]:
    """How well the words, as a whole, fit some part of the title."""
    title = func.search_fold("simple", SearchEntry.title)
    return cast(func.word_similarity(func.search_fold("simple", words), title), Double)


def _page(found: Select[Any], after: Place | None, limit: int) -> Select[Any]:
    """Each thing in the language in which it fits best; then the best of them."""
    every = found.subquery()
    best = (
        select(every)
        .ext(distinct_on(every.c.reference))
        .order_by(every.c.reference, every.c.fit.desc(), every.c.language)
        .subquery()
    )
    rows = select(best).order_by(best.c.rank.desc(), best.c.reference).limit(limit)
    if after is None:
        return rows
    further = and_(best.c.rank == after.rank, best.c.reference > after.reference)
    return rows.where(or_(best.c.rank < after.rank, further))


def _highlighted(rows: Select[Any]) -> Select[Any]:
    """Texts are marked for the rows of the page alone: that takes longer than finding them."""
    row = rows.subquery().c

    def marked(text: ColumnElement[str]) -> ColumnElement[str]:
        folded = func.search_fold(row.configuration, text)
        return func.ts_headline(cast(row.configuration, REGCONFIG), folded, row.query, HEADLINE)

    return (
        select(
            row.reference, row.language, row.node, row.kind, row.titles, row.title, row.summary, row.rank,
            Edition.framework_key.label("framework"), Edition.key.label("edition"),
            marked(row.title).label("marked_title"), marked(row.summary).label("marked_summary"),
        )
        .join(Edition, Edition.id == row.edition_id)
        .order_by(row.rank.desc(), row.reference)
    )  # fmt: skip


def _hit(row: Any, match: Match) -> SearchHit:
    found_in_summary = row.marked_summary is not None and OPEN in row.marked_summary
    return SearchHit(
        match=match,
        node=row.node,
        reference=row.reference,
        framework=row.framework,
        edition=row.edition,
        kind=row.kind,
        title=row.titles,
        language=row.language,
        rank=row.rank,
        highlights=Highlights(
            title=highlight(row.title, row.marked_title),
            summary=highlight(row.summary, row.marked_summary) if found_in_summary else None,
        ),
    )


def highlight(text: str, marked: str) -> str:
    """The text as HTML, marked where its folded form is."""
    letters = _letters(text)
    return "".join(TAGS.get(sign) or next(letters, "") for sign in marked)


def _letters(text: str) -> Iterator[str]:
    """For each character that `search_fold` leaves of a text, what of the text it stands for, as HTML."""
    for character in CHARACTER.findall(text):
        bare = re.sub(f"[{ACCENTS}]", "", unicodedata.normalize("NFD", character))
        if bare:
            yield html.escape(character)
        yield from [""] * (len(TWO_LETTERS.sub("ae", bare)) - 1)
