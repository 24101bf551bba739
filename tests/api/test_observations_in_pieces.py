"""Files of several pieces through the door, and what they are told to say of their bytes."""

from __future__ import annotations

import httpx
import pytest

from services.api.routes.indicators import PIECE
from tests.api.test_observations import CSV, SEATS, brought, counts, items, problems

HEADER = b"state,period,value,note\n"
LAST = b"HRV,2012,1,the last of them\n"


def before(row: bytes, of: bytes, *, ends_with: bytes) -> bytes:
    """A file whose first piece ends within the row, right after that part of it; a good row follows."""
    to_fill = PIECE - len(HEADER) - row.index(ends_with) - len(ends_with)
    filler = (of * (1 + to_fill // len(of)))[:to_fill]
    return HEADER + filler[:-1] + b"\n" + row + LAST


@pytest.mark.parametrize(("bad", "code"), [(b"caf\xe9", "text-not-utf-8"), (b"caf\x00", "text-contains-nul")])
async def test_a_row_that_is_no_text_and_lies_in_two_pieces_is_left_out_alone(
    admin: httpx.AsyncClient, bad: bytes, code: str
):
    content = before(b"HRV,2011,1,%s au lait\n" % bad, b"\n", ends_with=bad + b" au")

    answer = await brought(admin, content)

    assert (answer["received"], answer["rejected"]) == (2, 1)
    assert problems(answer) == [(code, "", [1])]


async def test_a_stray_quotation_mark_leaves_the_rows_of_the_next_piece_alone(admin: httpx.AsyncClient):
    stray = b'HRV,1990,1,5" pipe\n'
    content = before(b'HRV,2011,1,"of two\nlines"\n', stray.ljust(PIECE, b"\n"), ends_with=b"two\n")

    answer = await brought(admin, content, "/v1/indicators/sdg:5.5.2/observations")

    assert counts(answer) == (3, 3, 0, 0, 0)
    notes = [one["note"] for one in await items(admin, "/v1/indicators/sdg:5.5.2/observations")]
    assert notes == ['5" pipe', "of two\nlines", "the last of them"]


async def test_what_is_said_of_an_encoding_is_what_has_it_read(admin: httpx.AsyncClient):
    content = HEADER + "ISL,2012,1,é\n".encode("cp1252")
    said = "Content-Type: text/csv; charset=windows-1252"

    refused = await brought(admin, content)
    name, _, media_type = said.partition(": ")
    read = await admin.post(SEATS, content=content, headers=CSV | {name: media_type})

    assert said in refused["problems"][0]["detail"]
    assert counts(read.json()) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize("rows", ["json", "ndjson"])
async def test_an_object_of_too_many_names_is_left_out(admin: httpx.AsyncClient, rows: str):
    wide = '{"state": "HRV", ' + ", ".join(f'"k{number}": 1' for number in range(200)) + "}"
    good = '{"state": "HRV", "period": 2012, "value": 1}'
    content, kind = {
        "json": (f"[{wide}, {good}]", "application/json"),
        "ndjson": (f"{wide}\n{good}\n", "application/x-ndjson"),
    }[rows]
    asked = {"columns": "value:value"}  # with a map, names that nobody knows are left out

    answer = await admin.post(SEATS, content=content, headers={"Content-Type": kind}, params=asked)

    assert problems(answer.json()) == [("too-many-fields", "", [1])]
    assert counts(answer.json())[0] == 2
