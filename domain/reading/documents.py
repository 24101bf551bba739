"""The door to reading: which kind of document the bytes are, and what it says."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath

from domain.reading.extracts import Extracted, Limits, Page, Unreadable
from domain.reading.packages import WORD_DOCUMENT, entries_of

__all__ = [
    "DOCX", "HTML", "MARKDOWN", "PDF", "PLAIN", "USUAL_LIMITS",
    "Extracted", "Limits", "Page", "Unreadable", "read", "sniff",
]  # fmt: skip
USUAL_LIMITS = Limits()

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"

READERS = {
    PDF: "domain.reading.pdf:read_pdf",
    DOCX: "domain.reading.word:read_word",
    HTML: "domain.reading.markup:read_html",
    MARKDOWN: "domain.reading.markdown:read_markdown",
    PLAIN: "domain.reading.plain:read_plain",
}
EXTENSIONS = {
    ".pdf": PDF, ".docx": DOCX, ".html": HTML, ".htm": HTML, ".md": MARKDOWN, ".markdown": MARKDOWN,
    ".txt": PLAIN, ".text": PLAIN,
}  # fmt: skip
SYNONYMS = {"application/xhtml+xml": HTML, "text/x-markdown": MARKDOWN, "application/x-pdf": PDF}
UNSPECIFIC = {"", "application/octet-stream", "binary/octet-stream"}
TEXTS = {HTML, MARKDOWN, PLAIN}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
BINARY = (
    OLE,
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"II*\x00",
    b"MM\x00*",
    b"{\\rtf",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
)


def read(content: bytes, media_type: str, limits: Limits = USUAL_LIMITS) -> Extracted:
    """The text of a document and where its pages are, the same for the same bytes.

    Raises `Unreadable`: `document-empty`, `-encrypted`, `-without-text`, `-truncated`, `-damaged`,
    `-too-large-unpacked`, `-too-long`, `-nested-too-deeply`, `-type-unsupported`, `text-not-utf-8`,
    `text-contains-nul`.
    """
    if not content:
        raise Unreadable("document-empty", "The file has no content.")
    if media_type not in READERS:
        raise Unreadable("document-type-unsupported", f"Documents of type {media_type} are not read.")
    return reader_of(media_type)(content, limits)


def reader_of(media_type: str) -> Callable[[bytes, Limits], Extracted]:
    """Imported when first needed: processes that only pass documents on start without any parser."""
    module, _, name = READERS[media_type].partition(":")
    reader: Callable[[bytes, Limits], Extracted] = getattr(import_module(module), name)
    return reader


def sniff(name: str, content: bytes, declared: str | None) -> str:
    """The media type that the content shows; `Unreadable` if the name or the declared type denies it."""
    if not content:
        raise Unreadable("document-empty", "The file has no content.")
    extension = PurePath(name).suffix.lower()
    claims = [claim for claim in (EXTENSIONS.get(extension), claimed(declared)) if claim]
    found = binary_type(content) or text_type(content, claims)
    for claim in claims:
        if claim != found and not {claim, found} <= TEXTS:
            raise Unreadable("document-type-mismatch", f"{name!r} says {claim}, its content is {found}.")
    return found


def claimed(declared: str | None) -> str | None:
    """The declared media type without parameters; none if it says nothing."""
    bare = (declared or "").partition(";")[0].strip().lower()
    return None if bare in UNSPECIFIC else SYNONYMS.get(bare, bare)


def binary_type(content: bytes) -> str | None:
    """PDF or DOCX by their first bytes; none for text; other binaries are refused."""
    if b"%PDF-" in content[:1_024]:
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return package_type(content)
    if content.startswith(OLE) and ENCRYPTED_PACKAGE in content:
        raise Unreadable("document-encrypted", "The document asks for a password; send it without one.")
    if content.startswith(BINARY):
        raise unsupported()
    return None


def package_type(content: bytes) -> str:
    if any(entry.filename == WORD_DOCUMENT for entry in entries_of(content)):
        return DOCX
    raise unsupported()


def text_type(content: bytes, claims: list[str]) -> str:
    """The kind of text: what it begins with, else what was said of it, else plain."""
    start = content.removeprefix(codecs.BOM_UTF8).lstrip()[:64].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return HTML
    said = next((claim for claim in claims if claim in TEXTS), None)
    if said is None and not is_text(content):
        raise unsupported()
    return said or PLAIN


def is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode()
    except UnicodeDecodeError:
        return False


def unsupported() -> Unreadable:
    return Unreadable("document-type-unsupported", "Only PDF, DOCX, HTML, Markdown and plain text are read.")
