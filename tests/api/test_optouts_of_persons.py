"""An opt-out of a person is theirs: it goes where they go, and falls on nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from schemas.access import Scope
from tests.api.reminding import START, WEEK, Found, PostOffice, at, called, change, ledger, ruled, somebody
from tests.api.test_who_is_told import known, meeting_of, outline, person_of
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker


async def way_out(worker: Worker, office: PostOffice, address: str) -> str:
    """The path of the page behind the first letter to somebody."""
    await at(worker, START - WEEK)
    place = str(office.letters_to(address)[0]["List-Unsubscribe"]).strip("<>")
    return urlsplit(place).path


async def opt_outs_at(client: httpx.AsyncClient, address: str) -> list[Found]:
    found: list[Found] = (await client.get("/v1/opt-outs", params={"address": address})).json()["items"]
    return found


async def told_of(client: httpx.AsyncClient, *recipients: Found, **details: Any) -> str:
    """The id of a rule about a meeting of its own."""
    return await ruled(client, meeting_of(await called(client)), *recipients, **details)


async def test_whoever_writes_for_a_state_silences_nobody_whose_address_they_give_a_person(
    admin: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
    client_with: ClientMaker,
    worker: Worker,
    office: PostOffice,
    address: str,
):
    coordinator = somebody()
    of_state = await client_with(Scope.MEETINGS_WRITE, state="HRV")
    person = await known(of_state, address, state="HRV")
    rules = [
        await told_of(admin, {"email": coordinator}),
        await told_of(admin, person_of(person), {"email": coordinator}),
    ]
    path = await way_out(worker, office, address)
    await anonymous.post(path, data={"choice": "all"})
    worker.now = START - WEEK + timedelta(hours=1)

    await change(of_state, person, email=coordinator)
    rules.append(await told_of(admin, person_of(person), {"email": coordinator}, offsets=["-P1D"]))
    assert [item["person"] for item in await opt_outs_at(admin, coordinator)] == [person.rpartition("/")[2]]
    await change(of_state, person, email=address)
    assert await opt_outs_at(admin, coordinator) == []

    rules.append(await told_of(admin, {"email": coordinator}, offsets=["-P1D"]))
    lines = [line for rule in rules for line in await ledger(admin, rule)]
    of_the_coordinator = {item["status"] for item in lines if item["recipient"] == coordinator}
    assert of_the_coordinator <= {"sent", "scheduled"}
    assert len([item for item in lines if item["recipient"] == coordinator]) == 4


async def test_an_opt_out_by_a_letter_to_a_person_holds_wherever_they_are(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    person = await known(admin, address)
    rule = await told_of(admin, person_of(person), offsets=["-P7D", "-P1D"])
    path = await way_out(worker, office, address)
    await anonymous.post(path, data={"choice": "all"})
    [entered] = await opt_outs_at(admin, address)
    assert (entered["person"], entered["address"]) == (person.rpartition("/")[2], address)
    moved_to = somebody()

    await change(admin, person, email=moved_to)

    assert outline(await ledger(admin, rule))[1:] == [(moved_to, "-P1D", "opted-out")]
    successor = await told_of(admin, person_of(await known(admin, address)), {"email": somebody()})
    assert {item["status"] for item in await ledger(admin, successor)} == {"scheduled"}
    [still] = await opt_outs_at(admin, moved_to)
    assert (still["id"], still["address"]) == (entered["id"], None)


async def test_what_a_person_takes_back_at_one_address_holds_at_the_former_one_too(
    admin: httpx.AsyncClient, address: str
):
    person = await known(admin, address)
    made = await admin.post("/v1/opt-outs", json={"address": address.upper(), "scope": "all"})
    rule = await told_of(admin, person_of(person))
    await change(admin, person, email=somebody())

    await admin.delete(made.headers["location"])
    await change(admin, person, email=address)

    assert outline(await ledger(admin, rule)) == [(address, "-P7D", "scheduled")]


async def test_an_address_that_opted_out_by_itself_stays_so_whoever_uses_it(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    await told_of(admin, {"email": address})
    await anonymous.post(await way_out(worker, office, address), data={"choice": "all"})
    worker.now = START - WEEK + timedelta(hours=1)
    person = await known(admin, somebody())
    rule = await told_of(admin, person_of(person), offsets=["-P1D"])

    await change(admin, person, email=address)
    assert outline(await ledger(admin, rule)) == [(address, "-P1D", "opted-out")]
    elsewhere = somebody()
    await change(admin, person, email=elsewhere)

    assert outline(await ledger(admin, rule)) == [(elsewhere, "-P1D", "scheduled")]
    [entered] = await opt_outs_at(admin, address)
    assert (entered["person"], entered["address"]) == (None, address)


async def test_an_address_and_the_person_who_has_it_may_both_want_no_letters(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    """Each by a letter of their own; then each holds by itself."""
    await told_of(admin, {"email": address})
    alone = await way_out(worker, office, address)
    person = await known(admin, address)
    await told_of(admin, person_of(person))
    office.letters.clear()
    worker.now = START - WEEK + timedelta(hours=1)
    of_person = await way_out(worker, office, address)

    for path in (of_person, alone, of_person):
        assert (await anonymous.post(path, data={"choice": "all"})).status_code == 200

    found = {(item["person"], item["address"]) for item in await opt_outs_at(admin, address)}
    assert found == {(None, address), (person.rpartition("/")[2], None)}
    await anonymous.post(of_person, data={"choice": "again"})
    assert await opt_outs_at(admin, address) == []


async def test_whoever_is_named_by_an_address_of_their_own_is_told_there_as_that_says(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    """Nobody who comes to have the address changes the language of those who are written to at it."""
    person = await known(admin, somebody(), language="es")
    await told_of(admin, person_of(person), {"email": address, "language": "fr"})

    await change(admin, person, email=address)
    await at(worker, START - WEEK)

    [letter] = office.letters_to(address)
    assert letter["Content-Language"] == "fr"
