"""ZIP packages, looked at before anything in them is unpacked."""

from __future__ import annotations

import io
import zipfile

from domain.reading.extracts import Limits, Unreadable

WORD_DOCUMENT = "word/document.xml"
SMALL_ENTRY = 1_000_000


def check_package(content: bytes, limits: Limits) -> None:
    """Refuses a package that is cut off, encrypted, or would unpack beyond the limits."""
    entries = entries_of(content)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unreadable("document-encrypted", "The document asks for a password; send it without one.")
    if len(entries) > limits.entries:
        raise too_large(f"it has {len(entries):,} parts, the limit is {limits.entries:,}", limits.entries)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise too_large(
            f"it would unpack to {unpacked:,} bytes, the limit is {limits.unpacked_bytes:,}",
            limits.unpacked_bytes,
        )
    for entry in entries:
        if entry.file_size > max(SMALL_ENTRY, entry.compress_size * limits.unpacked_ratio):
            raise too_large(f"its part {entry.filename[:80]!r} unpacks to an improbable size")


def entries_of(content: bytes) -> list[zipfile.ZipInfo]:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise Unreadable(
            "document-truncated", "The file ends before its table of contents; send the whole file again."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise Unreadable("document-damaged", "The file's table of contents is broken.") from None


def too_large(reason: str, limit: int | None = None) -> Unreadable:
    return Unreadable(
        "document-too-large-unpacked", f"The document is refused before unpacking: {reason}.", limit
    )
