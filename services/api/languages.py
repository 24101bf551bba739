"""In which language a paper is answered: the one asked for, else the caller's, else English."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import Depends, Header, Query

from schemas.agendas import PaperLanguage
from services.api.accepts import weights

OFFERED: tuple[PaperLanguage, ...] = get_args(PaperLanguage)


def preferred(accepted: str) -> PaperLanguage:
    """The most wanted of the languages offered (RFC 9110, section 12.5.4); `fr-CH` wants `fr` too."""
    wanted: dict[str, float] = {}
    for tag, weight in weights(accepted).items():
        primary = tag.partition("-")[0]
        wanted[primary] = max(weight, wanted.get(primary, 0.0))
    known = [language for language in OFFERED if wanted.get(language, 0.0) > 0]
    return max(known, key=lambda language: wanted[language], default="en")


async def language_of(
    language: Annotated[
        PaperLanguage | None, Query(description="in which to answer; else that of `Accept-Language`")
    ] = None,
    accept_language: Annotated[
        str | None, Header(description="languages that the caller reads, such as `fr-CH, es;q=0.5`")
    ] = None,
) -> PaperLanguage:
    return language or preferred(accept_language or "")


Spoken = Annotated[PaperLanguage, Depends(language_of)]
