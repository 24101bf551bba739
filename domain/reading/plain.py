"""Plain text: as it is, in UTF-8."""

from __future__ import annotations

import codecs

from domain.reading.extracts import Extracted, Limits, Unreadable, check_length, storable


def read_plain(content: bytes, limits: Limits) -> Extracted:
    text = storable(decoded(content))
    if not text.strip():
        raise Unreadable("document-empty", "The document has no text.")
    check_length(len(text), limits)
    return Extracted(text)


def decoded(content: bytes) -> str:
    """UTF-8, with or without a byte order mark."""
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(
            "text-not-utf-8", f"The text is not UTF-8: byte {error.start} does not fit; save it as UTF-8."
        ) from None
    if "\x00" in text:
        raise Unreadable("text-contains-nul", f"The text contains U+0000 at character {text.index(chr(0))}.")
    return text
