"""Papers as the caller wants them: JSON, Markdown, or a Word document to take away."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Request, Response
from pydantic import BaseModel

from domain.papers import markdown, word
from domain.papers.paper import Paper
from schemas.agendas import PaperLanguage
from services.api.accepts import most_wanted

Shape = TypeVar("Shape", bound=BaseModel)

MARKDOWN, WORD = "text/markdown", word.MEDIA_TYPE
EXTENSIONS = {MARKDOWN: "md", WORD: "docx"}

ALSO: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            MARKDOWN: {"schema": {"type": "string"}},
            WORD: {"schema": {"type": "string", "contentMediaType": WORD}},
        }
    }
}
"""What routes that answer papers say of themselves, beside JSON."""

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f"*/:<>?\\|]+')
LONGEST_NAME = 120


async def answered(
    request: Request,
    response: Response,
    found: Shape,
    paper: Callable[[Shape], Paper],
    *,
    language: PaperLanguage,
    name: str,
) -> Shape | Response:
    """The same as JSON, as Markdown or as a Word document, whichever the caller prefers.

    A Word document takes up to seconds to write: others are answered meanwhile.
    """
    kind = most_wanted(request.headers.get("accept", ""), MARKDOWN, WORD)
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": language, "Cache-Control": "private"}
    if kind is None:
        response.headers.update(headers)
        return found
    headers["Content-Disposition"] = attachment(f"{name}.{EXTENSIONS[kind]}")
    if kind == WORD:
        content = await asyncio.to_thread(lambda: word.written(paper(found)))
        return Response(content, headers=headers, media_type=WORD)
    text = await asyncio.to_thread(lambda: markdown.written(paper(found)))
    return Response(text, headers=headers, media_type=f"{MARKDOWN}; charset=utf-8")


def attachment(name: str) -> str:
    """Under which name to keep an answer (RFC 6266): for all, and in its own letters for those that can.

    Characters that cannot be seen are left out: some of them turn the rest of a name around.
    """
    shown = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    stem, _, extension = _NOT_IN_NAMES.sub("-", shown).rpartition(".")
    stem = " ".join(stem.split())[:LONGEST_NAME].strip(" .")
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().strip()
    in_all, in_its_own = f"{plain or 'paper'}.{extension}", f"{stem or 'paper'}.{extension}"
    return f"attachment; filename=\"{in_all}\"; filename*=UTF-8''{quote(in_its_own, safe='')}"
