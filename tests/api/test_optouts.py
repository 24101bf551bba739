"""Opting out of letters: by the link in each of them, by one click, by a key, and back again."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from domain.reminders.letters.composing import Letter
from schemas.access import Scope
from services.settings import Settings
from tests.api.given import meeting, pointers, problem_of
from tests.conftest import ClientMaker, Servers
from tests.worker_in_process import Worker

START = datetime.fromisoformat("2041-03-06T10:00:00+01:00")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
Found = dict[str, Any]


class PostOffice:
    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def send(self, letter: Letter) -> None:
        self.letters.append(letter)

    async def close(self) -> None:
        self.letters.clear()

    def to(self, address: str) -> list[Letter]:
        return [letter for letter in self.letters if letter.recipient == address]


@pytest.fixture(scope="module")
def settings(place: Servers, home: Any) -> Settings:
    return place.settings(home).model_copy(update={"public_url": "https://focalpoint.example"})


@pytest.fixture
def office(worker: Worker) -> PostOffice:
    made = PostOffice()
    worker.post = made
    return made


@pytest.fixture
def address() -> str:
    return f"a-{uuid4().hex}@example.org"


async def reminded(
    client: httpx.AsyncClient, address: str, *, start: datetime = START, **recipient: Any
) -> str:
    """The id of a rule about a meeting of its own, a week and a day before it."""
    called = await client.post("/v1/meetings", json=meeting(start.isoformat()))
    assert called.status_code == 201, called.text
    made = await client.post(
        "/v1/reminder-rules",
        json={
            "subject": {"kind": "meeting", "id": called.json()["id"]},
            "offsets": ["-P7D", "-P1D"],
            "recipients": [{"email": address, **recipient}],
        },
    )
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def told_by_then(worker: Worker, moment: datetime) -> None:
    worker.now = moment
    await worker.tick()


async def ways_out(worker: Worker, office: PostOffice, address: str) -> str:
    """The path of the page behind the first letter, as its header names it."""
    await told_by_then(worker, START - timedelta(days=7))
    [letter] = office.to(address)
    headers = message_from_bytes(letter.content, policy=default)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    place = urlsplit(str(headers["List-Unsubscribe"]).strip("<>"))
    assert place.netloc == "focalpoint.example"
    return place.path


async def ledger(client: httpx.AsyncClient, rule: str) -> dict[str, tuple[str, str | None]]:
    items = (await client.get("/v1/deliveries", params={"rule": rule})).json()["items"]
    return {item["offset"]: (item["status"], item["reason"]) for item in items}


async def test_one_click_stops_what_is_still_ahead(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    rule = await reminded(admin, address)
    path = await ways_out(worker, office, address)

    for _ in range(2):
        answer = await anonymous.post(path, data=ONE_CLICK)
        assert answer.status_code == 200
    await told_by_then(worker, START - timedelta(days=1))

    assert len(office.to(address)) == 1
    assert await ledger(admin, rule) == {"-P7D": ("sent", None), "-P1D": ("skipped", "opted-out")}


async def test_one_click_may_come_as_multipart(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    await reminded(admin, address)
    path = await ways_out(worker, office, address)

    answer = await anonymous.post(path, files={"List-Unsubscribe": (None, "One-Click")})

    assert answer.status_code == 200
    assert (await admin.get("/v1/opt-outs", params={"address": address})).json()["items"][0]["by"] == "letter"


async def test_looking_at_the_page_changes_nothing(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    await reminded(admin, address, language="fr")
    path = await ways_out(worker, office, address)

    looked = await anonymous.head(path)
    await anonymous.get(path)
    page = await anonymous.get(path)

    assert (looked.status_code, looked.content) == (200, b"")
    assert looked.headers.items() <= page.headers.items()
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="fr">' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert address not in page.text
    assert (await admin.get("/v1/opt-outs", params={"address": address})).json()["items"] == []


async def test_one_click_stops_the_letters_of_one_rule_and_all_stops_all(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    await reminded(admin, address)
    other = await reminded(admin, address, start=START + timedelta(days=1))
    path = await ways_out(worker, office, address)

    await anonymous.post(path, data=ONE_CLICK)
    await told_by_then(worker, START - timedelta(days=6))
    assert (await ledger(admin, other))["-P7D"] == ("sent", None)
    await anonymous.post(path, data={"choice": "all"})
    await told_by_then(worker, START)

    assert (await ledger(admin, other))["-P1D"] == ("skipped", "opted-out")


async def test_all_letters_about_things_of_a_kind_can_be_stopped(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    await reminded(admin, address)
    path = await ways_out(worker, office, address)

    await anonymous.post(path, data={"choice": "kind"})

    [entered] = (await admin.get("/v1/opt-outs", params={"address": address.upper()})).json()["items"]
    assert (entered["scope"], entered["kind"], entered["rule"]) == ("kind", "meeting", None)


async def test_whoever_changes_their_mind_is_told_again(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    rule = await reminded(admin, address)
    path = await ways_out(worker, office, address)
    await anonymous.post(path, data={"choice": "all"})

    answer = await anonymous.post(path, data={"choice": "again"})
    await told_by_then(worker, START - timedelta(days=1))

    assert answer.status_code == 200
    assert (await ledger(admin, rule))["-P1D"] == ("sent", None)


async def test_a_cancellation_is_not_told_to_whoever_opted_out(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    rule = await reminded(admin, address)
    await anonymous.post(await ways_out(worker, office, address), data=ONE_CLICK)
    item = (await admin.get("/v1/deliveries", params={"rule": rule})).json()["items"][0]
    path = f"/v1/meetings/{item['meeting']}"
    tag = (await admin.get(path)).headers["etag"]
    await admin.patch(path, json={"status": "cancelled"}, headers={"If-Match": tag})

    await told_by_then(worker, START - timedelta(days=6))

    assert len(office.to(address)) == 1


@pytest.mark.parametrize("ticket", ["A" * 43, "abc", "%20", "é"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_that_was_not_made_here_leads_to_a_page_that_says_so(
    anonymous: httpx.AsyncClient, ticket: str, method: str
):
    path = f"/v1/unsubscribe/{ticket}"
    page = await anonymous.request(method, path, headers={"Accept": "text/html,*/*;q=0.8"})

    assert page.status_code == 404
    assert "<main>" in page.text
    problem_of(await anonymous.request(method, path), 404, "not-found")
    assert (await anonymous.head(path)).status_code == 404


async def test_a_link_for_one_reader_cannot_be_turned_into_one_for_another(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    """The ids of deliveries can be read by others; the signature cannot be made by them."""
    rule = await reminded(admin, address)
    path = await ways_out(worker, office, address)
    items = (await admin.get("/v1/deliveries", params={"rule": rule})).json()["items"]
    signature = path.rpartition("/")[2][22:]

    for item in items:
        raw = UUID(item["id"]).hex
        assert (await anonymous.post(f"/v1/unsubscribe/{raw}", data=ONE_CLICK)).status_code == 404
        assert (
            await anonymous.post(f"/v1/unsubscribe/{raw[:22]}{signature}", data=ONE_CLICK)
        ).status_code == 404


@pytest.mark.parametrize("form", [{}, {"choice": "everything"}, {"List-Unsubscribe": "yes"}])
async def test_a_choice_that_is_none_is_refused(
    admin: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
    worker: Worker,
    office: PostOffice,
    address: str,
    form: dict[str, str],
):
    await reminded(admin, address)
    path = await ways_out(worker, office, address)

    assert pointers(problem_of(await anonymous.post(path, data=form), 422, "unknown-choice")) == {
        "/choice": "unknown-choice"
    }


async def test_somebody_with_a_key_enters_what_was_said_by_telephone_and_takes_it_back(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    rule = await reminded(admin, address)
    draft = {"address": address.upper(), "scope": "all"}
    made = await admin.post("/v1/opt-outs", json=draft)
    again = await admin.post("/v1/opt-outs", json=draft)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()
    assert (await admin.get(made.headers["location"])).json()["by"] == "key"

    await told_by_then(worker, START - timedelta(days=7))
    taken_back = await admin.delete(made.headers["location"])
    await told_by_then(worker, START - timedelta(days=1))

    assert taken_back.json() == made.json()
    problem_of(await admin.get(made.headers["location"]), 404, "not-found")
    assert (await ledger(admin, rule))["-P1D"] == ("sent", None)
    assert len(office.to(address)) == 1


@pytest.mark.parametrize(
    "draft",
    [
        {"scope": "all"},
        {"address": "nobody", "scope": "all"},
        {"address": "a@example.org", "scope": "some"},
        {"address": "a@example.org", "scope": "rule"},
        {"address": "a@example.org", "scope": "kind", "kind": "party"},
        {"address": "a@example.org", "scope": "all", "kind": "meeting"},
        {"address": "a@example.org", "scope": "all", "because": "tired"},
    ],
)
async def test_an_opt_out_that_says_too_little_or_too_much_is_refused(admin: httpx.AsyncClient, draft: Found):
    problem_of(await admin.post("/v1/opt-outs", json=draft), 422, "validation-failed")


async def test_who_opted_out_is_nobody_elses_business(client_with: ClientMaker, anonymous: httpx.AsyncClient):
    problem_of(await anonymous.get("/v1/opt-outs"), 401, "unauthenticated")
    for client in (
        await client_with(Scope.SUBMISSIONS_WRITE),
        await client_with(Scope.MEETINGS_WRITE, state="HRV"),
    ):
        assert (await client.get("/v1/opt-outs")).status_code == 403
