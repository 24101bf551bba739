"""Letters as bytes (RFC 5322, 2045-2049, 6047). Pure.

Written out here, because the standard library's model of a message takes five times as long as all the
rest of a reminder together. Its header encoder is used, and in the tests its parser.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import Header
from email.utils import quote

LINE = "\r\n"
LONGEST_LINE = 76


@dataclass(frozen=True, slots=True)
class Attachment:
    """A calendar file; `method` is what mail programs are to do with it."""

    method: str
    component: str
    name: str
    content: bytes


def letter(
    headers: Iterable[tuple[str, str]], *, text: str, html: str, attached: Attachment | None, seed: str
) -> bytes:
    """The whole letter. Values of headers must be ready to be sent; `seed` gives the boundaries."""
    boundary = hashlib.sha256(seed.encode()).hexdigest()[:40]
    alternative = _multipart("alternative", f"a{boundary}", [_text("plain", text), _text("html", html)])
    body = (
        alternative
        if attached is None
        else _multipart("mixed", f"m{boundary}", [alternative, _file(attached)])
    )
    head = "".join(f"{name}: {value}{LINE}" for name, value in (*headers, ("MIME-Version", "1.0")))
    return head.encode("ascii") + body


def words(name: str, value: str) -> str:
    """A header of free text, folded, with encoded words where it has other characters than ASCII."""
    return Header(value, _charset(value), LONGEST_LINE, name).encode(linesep=LINE)


def mailbox(header: str, name: str | None, email: str) -> str:
    """`Name <address>`, or the address alone."""
    if not name:
        return email
    encoded = words(header, name) if _charset(name) != "us-ascii" else f'"{quote(name)}"'
    between = f"{LINE} " if len(encoded) + len(email) > LONGEST_LINE - len(header) - 5 else " "
    return f"{encoded}{between}<{email}>"


def _charset(value: str) -> str:
    """What only looks like an encoded word is encoded too, or it would be decoded."""
    return "us-ascii" if value.isascii() and "=?" not in value else "utf-8"


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    delimiter = f"{LINE}--{boundary}".encode()
    head = f'Content-Type: multipart/{kind};{LINE} boundary="{boundary}"{LINE}'.encode()
    body = b"".join(delimiter + b"\r\n" + part for part in parts)
    return head + body + delimiter + b"--\r\n"


def _text(kind: str, content: str) -> bytes:
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"{LINE}Content-Transfer-Encoding: quoted-printable{LINE}'
    )
    lines = content.rstrip("\n").replace("\n", LINE) + LINE
    return f"{head}{LINE}".encode() + binascii.b2a_qp(lines.encode())


def _file(attached: Attachment) -> bytes:
    head = (
        f'Content-Type: text/calendar; method={attached.method}; charset="utf-8";'
        f"{LINE} component={attached.component}{LINE}"
        f'Content-Disposition: attachment; filename="{attached.name}"{LINE}'
        f"Content-Transfer-Encoding: base64{LINE}{LINE}"
    )
    return head.encode() + base64.encodebytes(attached.content).replace(b"\n", b"\r\n")
