"""What a passage is about: the themes of what stands in it, set phrases and lists of treaties aside."""

from __future__ import annotations

from collections.abc import Sequence

from domain.reading.lexicon import THEME, TREATY, Lexicon, Match

MANY_TREATIES = 5
"""A passage that names so many is about treaties, not about what each of them is about."""
ABBREVIATED = frozenset({"", "("})


def themes_in(
    text: str, found: Sequence[Match], matches: Sequence[Match], lexicon: Lexicon
) -> tuple[str, ...]:
    """The themes that the matches tell of, each once, in the order of the text.

    `found` has the exclusions of the themes still among them. Where one of a theme's exclusions stands, or a
    treaty in a list of many, nothing tells of the theme.
    """
    excluding = [match for match in found if match.excludes and match.key.startswith(THEME)]
    listed = treaties_listed(text, matches)
    told = (
        (theme, match)
        for match in matches
        for theme in lexicon.themes_told(match.key)
        if not any(match.within(treaty) for treaty in listed)
    )
    return tuple(
        dict.fromkeys(
            theme
            for theme, match in told
            if not any(other.key == THEME + theme and match.within(other) for other in excluding)
        )
    )


def treaties_listed(text: str, matches: Sequence[Match]) -> list[Match]:
    """The names of treaties where there are many; `… Disabilities (CRPD)` is one."""
    named = [match for match in matches if match.key == TREATY]
    treaties = [
        match
        for last, match in zip([None, *named], named, strict=False)
        if last is None or text[last.end : match.start].strip() not in ABBREVIATED
    ]
    return named if len(treaties) >= MANY_TREATIES else []
