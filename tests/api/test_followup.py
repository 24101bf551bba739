"""Information requests: drafted from gaps, asked, answered; and reviews that are pending."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.assessments import overview
from domain.calendar.models import Entry
from domain.followup import queries
from domain.followup.models import InformationRequest
from domain.people.models import Person
from schemas.access import Scope
from services.database import Sessions
from tests.api.given import assessed, pointers, problem_of, report
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

Found = dict[str, Any]
QUESTION = {"text": "How many of those\ntrained were women?", "language": "en"}


def request(**changes: Any) -> Found:
    return {
        "framework": "ccm",
        "state": "HRV",
        "questions": [QUESTION],
        "due_on": "2099-09-30",
        "time_zone": "Europe/Zurich",
    } | changes


async def drafted(client: httpx.AsyncClient, **changes: Any) -> Found:
    made = await client.post("/v1/information-requests", json=request(**changes))
    assert made.status_code == 201, made.text
    found: Found = made.json()
    assert made.headers["location"] == path_of(found)
    return found


def path_of(found: Found) -> str:
    return f"/v1/information-requests/{found['id']}"


async def change(client: httpx.AsyncClient, found: Found, **changes: Any) -> httpx.Response:
    tag = (await client.get(path_of(found))).headers["etag"]
    return await client.patch(path_of(found), json=changes, headers={"If-Match": tag})


async def changed(client: httpx.AsyncClient, found: Found, **changes: Any) -> Found:
    answer = await change(client, found, **changes)
    assert answer.status_code == 200, answer.text
    shown: Found = answer.json()
    return shown


async def entry(sessions: Sessions, key: str) -> Entry | None:
    async with sessions() as session:
        return await session.get(Entry, UUID(key))


@pytest.fixture
async def person(sessions: Sessions) -> str:
    async with sessions.begin() as session:
        made = Person(name="Ana", email=f"ana-{uuid4().hex}@example.org")
        session.add(made)
        await session.flush()
        return str(made.id)


@pytest.fixture
async def croatia(client_with: ClientMaker) -> httpx.AsyncClient:
    return await client_with(Scope.FOLLOW_UP_WRITE, state="HRV")


async def test_a_draft_is_the_askers_own(
    admin: httpx.AsyncClient, croatia: httpx.AsyncClient, sessions: Sessions
):
    found = await drafted(admin, due_on=None)

    assert (found["status"], found["asked_on"], found["answer"], found["overdue"]) == (
        "draft", None, None, False,
    )  # fmt: skip
    assert (await admin.get(path_of(found))).json() == found
    problem_of(await croatia.get(path_of(found)), 404, "not-found")
    assert found["id"] not in await listed(croatia)
    assert await entry(sessions, found["id"]) is None


async def listed(client: httpx.AsyncClient, **chosen: str) -> list[str]:
    answer = await client.get("/v1/information-requests", params={"limit": "500", **chosen})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_what_is_asked_is_in_the_calendar_until_it_is_answered(
    admin: httpx.AsyncClient, croatia: httpx.AsyncClient, sessions: Sessions, person: str
):
    found = await drafted(admin, owner=person)
    asked = await changed(admin, found, status="open")

    entered = await entry(sessions, found["id"])
    assert asked["status"] == "open"
    assert date.fromisoformat(asked["asked_on"]) >= datetime.now(UTC).date()
    assert entered is not None
    assert entered.title == "Information request to Croatia: How many of those trained were women?"
    assert (entered.kind, entered.framework, entered.state) == ("information-request", "ccm", "HRV")
    assert (entered.due_on, str(entered.owner), entered.path) == (date(2099, 9, 30), person, path_of(found))
    assert (await croatia.get(path_of(found))).json() == asked

    answered = await changed(croatia, found, answer={"text": "22 of 40."})

    assert answered["status"] == "answered"
    assert answered["answer"] | {"at": ""} == {
        "text": "22 of 40.", "language": "en", "revision": None, "by": "test HRV", "at": "",
    }  # fmt: skip
    entered = await entry(sessions, found["id"])
    assert entered is not None
    assert (entered.status, entered.reason) == ("done", "answered")


async def test_an_answer_is_asked_for_again_or_accepted(
    admin: httpx.AsyncClient, croatia: httpx.AsyncClient, sessions: Sessions
):
    found = await drafted(admin, status="open")
    await changed(croatia, found, answer={"text": "Some."})

    again = await changed(admin, found, status="open", due_on="2099-12-31")
    entered = await entry(sessions, found["id"])
    assert (again["status"], again["asked_on"]) == ("open", found["asked_on"])
    assert entered is not None
    assert (entered.status, entered.reason, entered.due_on) == ("open", None, date(2099, 12, 31))

    await changed(croatia, found, answer={"text": "22."})
    better = await changed(croatia, found, answer={"text": "22 of 40."})
    assert better["answer"]["text"] == "22 of 40."
    closed = await changed(admin, found, status="closed")
    assert closed["status"] == "closed"
    problem = problem_of(await change(croatia, found, answer={"text": "23."}), 409, "wrong-status")
    assert problem["request_status"] == "closed"
    problem_of(await change(admin, found, due_on="2100-01-01"), 409, "wrong-status")


async def test_what_is_withdrawn_is_called_off(admin: httpx.AsyncClient, sessions: Sessions):
    asked, draft = await drafted(admin, status="open"), await drafted(admin)

    for found in (asked, draft):
        assert (await changed(admin, found, status="withdrawn"))["status"] == "withdrawn"

    entered = await entry(sessions, asked["id"])
    assert entered is not None
    assert (entered.status, entered.reason) == ("cancelled", "withdrawn")
    assert await entry(sessions, draft["id"]) is None


async def test_a_day_that_moves_moves_in_the_calendar(admin: httpx.AsyncClient, sessions: Sessions):
    found = await drafted(admin, status="open")

    await changed(admin, found, due_on="2099-10-31", time_zone="Pacific/Apia", owner=None)

    entered = await entry(sessions, found["id"])
    assert entered is not None
    assert (entered.due_on, entered.time_zone, entered.sequence) == (date(2099, 10, 31), "Pacific/Apia", 1)


async def test_questions_are_changed_in_drafts_alone(admin: httpx.AsyncClient):
    found = await drafted(admin)
    other = [{"text": "Et les garçons ?", "language": "fr"}]
    assert (await changed(admin, found, questions=other))["questions"] == other
    await changed(admin, found, status="open")

    problem_of(await change(admin, found, questions=[QUESTION]), 409, "already-asked")


async def test_a_question_whose_language_is_left_out_is_kept_whole(
    admin: httpx.AsyncClient, sessions: Sessions
):
    whole = {"text": "How many were women?", "language": "en"}
    found = await drafted(admin)

    await changed(admin, found, questions=[{"text": whole["text"]}])

    async with sessions() as session:
        kept = await session.get_one(InformationRequest, UUID(found["id"]))
    assert kept.questions == [whole]


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"framework": "nowhere"}, "unknown-framework", "/framework"),
        ({"state": "QQQ"}, "unknown-state", "/state"),
        ({"owner": str(UUID(int=0))}, "unknown-person", "/owner"),
        ({"submission": str(UUID(int=0))}, "unknown-submission", "/submission"),
        ({"criterion": "budget"}, "submission-missing", "/submission"),
        ({"status": "open", "due_on": None}, "due-missing", "/due_on"),
        ({"status": "open", "due_on": "2020-01-01"}, "due-in-the-past", "/due_on"),
        ({"status": "answered"}, "validation-failed", "/status"),
        ({"questions": []}, "validation-failed", "/questions"),
        ({"questions": [{"text": " "}]}, "validation-failed", "/questions/0/text"),
        ({"time_zone": "Geneva"}, "validation-failed", "/time_zone"),
        ({"due_on": "2099-02-30"}, "validation-failed", "/due_on"),
        ({"answer": {"text": "x"}}, "validation-failed", "/answer"),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_the_place(
    admin: httpx.AsyncClient, changes: Found, code: str, pointer: str
):
    answer = await admin.post("/v1/information-requests", json=request(**changes))

    assert list(pointers(problem_of(answer, 422, code))) == [pointer]


async def test_a_request_is_about_a_report_of_the_same_state(admin: httpx.AsyncClient, worker: Worker):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("NOR")))
    about = {"submission": path.rpartition("/")[2]}

    other = await admin.post("/v1/information-requests", json=request(**about))
    unknown = await admin.post(
        "/v1/information-requests", json=request(**about, state="NOR", criterion="weather")
    )
    made = await drafted(admin, **about, state="NOR", criterion="budget")
    twice = await admin.post(
        "/v1/information-requests", json=request(**about, state="NOR", criterion="budget")
    )

    assert list(pointers(problem_of(other, 422, "other-submission"))) == ["/submission"]
    assert list(pointers(problem_of(unknown, 422, "unknown-criterion"))) == ["/criterion"]
    assert made["revision"] == 1
    problem_of(twice, 409, "already-under-way")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"due_on": None},
        {"status": "answered"},
        {"status": "draft"},
        {"answer": {}},
        {"answer": {"text": ""}},
        {"answer": {"text": "x"}, "status": "closed"},
        {"answer": {"revision": 0}},
        {"state": "FRA"},
    ],
)
async def test_a_change_that_makes_no_sense_is_refused(admin: httpx.AsyncClient, body: Found):
    found = await drafted(admin)

    answer = await admin.patch(path_of(found), json=body, headers={"If-Match": "*"})

    problem_of(answer, 422, "validation-failed")


async def test_what_cannot_become_so_is_refused(admin: httpx.AsyncClient):
    draft, asked = await drafted(admin), await drafted(admin, status="open")

    problem_of(await change(admin, draft, answer={"text": "x"}), 409, "wrong-status")
    problem_of(await change(admin, draft, status="closed"), 409, "wrong-status")
    problem_of(await change(admin, asked, status="open"), 409, "wrong-status")
    problem_of(await change(admin, asked, due_on="2020-01-01"), 422, "due-in-the-past")
    problem_of(await change(admin, asked, owner=str(UUID(int=0))), 422, "unknown-person")
    problem_of(await change(admin, asked, answer={"revision": 1}), 422, "unknown-revision")


async def test_two_people_do_not_undo_each_others_changes(admin: httpx.AsyncClient):
    found = await drafted(admin)
    tag = {"If-Match": (await admin.get(path_of(found))).headers["etag"]}
    body = {"due_on": "2099-10-01"}
    assert (await admin.patch(path_of(found), json=body, headers=tag)).status_code == 200

    problem_of(await admin.patch(path_of(found), json=body, headers=tag), 412, "stale")
    problem_of(await admin.patch(path_of(found), json=body), 428, "precondition-required")


async def test_asking_twice_with_one_key_asks_once(admin: httpx.AsyncClient):
    key = {"Idempotency-Key": uuid4().hex}
    made = [await admin.post("/v1/information-requests", json=request(), headers=key) for _ in range(2)]

    assert made[0].json() == made[1].json()


async def test_a_states_key_answers_for_its_state_and_asks_nothing(
    admin: httpx.AsyncClient, croatia: httpx.AsyncClient, client_with: ClientMaker
):
    own, others = await drafted(admin, status="open"), await drafted(admin, status="open", state="FRA")
    reader = await client_with(Scope.SUBMISSIONS_WRITE, state="HRV")

    assert own["id"] in await listed(croatia)
    assert others["id"] not in await listed(croatia)
    assert await listed(croatia, state="FRA") == []
    problem_of(await croatia.get(path_of(others)), 404, "not-found")
    for changes in ({"due_on": "2100-01-01"}, {"status": "closed"}, {"owner": None}):
        problem_of(await change(croatia, own, **changes), 403, "other-state")
    problem_of(await croatia.post("/v1/information-requests", json=request()), 403, "other-state")
    problem_of(await change(reader, own, answer={"text": "x"}), 403, "scope-missing")


async def test_nobody_reads_requests_without_a_key(anonymous: httpx.AsyncClient, admin: httpx.AsyncClient):
    found = await drafted(admin, status="open")

    for path in ("/v1/information-requests", path_of(found)):
        problem_of(await anonymous.get(path), 401, "unauthenticated")


async def test_lists_are_chosen_from_and_paged(admin: httpx.AsyncClient, person: str):
    made = [await drafted(admin, state="MEX", owner=person, due_on=f"2099-0{n}-01") for n in (1, 2, 3)]
    ids = [item["id"] for item in reversed(made)]
    await changed(admin, made[0], status="open")

    assert await listed(admin, state="MEX") == ids
    assert await listed(admin, owner=person) == ids
    assert await listed(admin, owner=person, status="draft") == ids[:2]
    assert await listed(admin, owner=person, due_before="2099-02-01") == ids[2:]
    assert await listed(admin, owner=person, framework="apmbc") == []
    page = await admin.get("/v1/information-requests", params={"owner": person, "limit": "2"})
    rest = await admin.get(page.links["next"]["url"])
    assert [item["id"] for item in [*page.json()["items"], *rest.json()["items"]]] == ids


async def test_each_gap_of_an_assessment_is_drafted_once(
    admin: httpx.AsyncClient, worker: Worker, person: str
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("AUT")))
    current = await admin.get(f"{path}/assessment")
    gaps = {item["criterion"]: item["gap"] for item in current.json()["findings"] if item["gap"]}
    moot = sorted(gaps)[0]
    await admin.patch(
        f"/v1/assessments/{current.json()['id']}/findings/{moot}",
        json={"level": 3, "reason": "See page 4."},
        headers={"If-Match": current.headers["etag"]},
    )

    made = await admin.post(f"{path}/information-requests", json={"due_on": "2099-09-30", "owner": person})
    again = await admin.post(f"{path}/information-requests", json={})

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["drafted"] == len(gaps) - 1 > 3
    assert again.json() == {"drafted": 0, "items": made.json()["items"]}
    questions = {item["criterion"]: item["questions"] for item in made.json()["items"]}
    assert questions == {
        criterion: [{"text": gap, "language": "en"}] for criterion, gap in gaps.items() if criterion != moot
    }
    first = made.json()["items"][0]
    assert (first["status"], first["state"], first["due_on"], first["owner"], first["revision"]) == (
        "draft", "AUT", "2099-09-30", person, 1,
    )  # fmt: skip
    assert (await admin.get(made.headers["location"])).json()["items"] == made.json()["items"][::-1]


async def test_a_later_revision_is_asked_about_what_is_not_under_way_already(
    admin: httpx.AsyncClient, worker: Worker
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("BEL")))
    first = (await admin.post(f"{path}/information-requests", json={})).json()["items"]
    for item in first[1:]:
        await changed(admin, item, status="withdrawn")
    await assessed(admin, worker, await admin.post(f"{path}/revisions", json=report("BEL")))

    second = (await admin.post(f"{path}/information-requests", json={})).json()

    assert second["drafted"] == len(first) - 1
    assert {item["criterion"] for item in second["items"]} == {item["criterion"] for item in first[1:]}
    assert {item["revision"] for item in second["items"]} == {2}


async def test_a_gap_is_put_in_the_language_of_the_report(admin: httpx.AsyncClient, worker: Worker):
    text = "En 2024, 112 femmes et 96 hommes parmi les survivants ont reçu des services de réadaptation."
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("FRA", text=text)))

    made = (await admin.post(f"{path}/information-requests", json={})).json()

    assert {item["questions"][0]["language"] for item in made["items"]} == {"fr"}


async def test_what_is_not_assessed_has_no_gaps(admin: httpx.AsyncClient, croatia: httpx.AsyncClient):
    path = (await admin.post("/v1/submissions", json=report("ITA"))).headers["location"]

    problem_of(await admin.post(f"{path}/information-requests", json={}), 404, "not-assessed")
    problem_of(await croatia.post(f"{path}/information-requests", json={}), 403, "other-state")
    unknown = f"/v1/submissions/{UUID(int=0)}/information-requests"
    problem_of(await admin.post(unknown, json={}), 404, "not-found")


async def test_a_revision_answers(admin: httpx.AsyncClient, croatia: httpx.AsyncClient, worker: Worker):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("HRV")))
    found = await drafted(admin, submission=path.rpartition("/")[2], status="open")
    problem_of(await change(croatia, found, answer={"revision": 2}), 422, "unknown-revision")
    await admin.post(f"{path}/revisions", json=report("HRV"))

    answered = await changed(croatia, found, answer={"revision": 2})

    assert (answered["status"], answered["answer"]["revision"]) == ("answered", 2)


async def test_open_requests_are_there_for_agendas(admin: httpx.AsyncClient, sessions: Sessions):
    asked, draft = await drafted(admin, status="open", framework="oap"), await drafted(admin, framework="oap")
    today = datetime.now(UTC).date() + timedelta(days=1)

    async with sessions() as session:
        found = await queries.open_requests(session, "oap", today)
        before = await queries.open_requests(session, "oap", date(2020, 1, 1))

    assert [str(item.id) for item in found] == [asked["id"]]
    assert before == []
    assert draft["status"] == "draft"


# Reviews


async def review_of(client: httpx.AsyncClient, sessions: Sessions, path: str) -> tuple[Entry, httpx.Response]:
    current = await client.get(f"{path}/assessment")
    found = await entry(sessions, current.json()["id"])
    assert found is not None
    return found, current


async def test_a_review_is_pending_from_the_proposal_until_it_is_published(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("ESP")))
    pending, current = await review_of(admin, sessions, path)

    assert (pending.kind, pending.title) == ("review", "Review of CCM report 2024: Spain")
    assert (pending.framework, pending.state, pending.status) == ("ccm", "ESP", "open")
    assert abs(datetime.now(UTC) - pending.start) < timedelta(minutes=5)
    assert pending.over - pending.start == timedelta(days=366)
    assert pending.path == f"{path}/assessment"

    await admin.post(f"/v1/assessments/{current.json()['id']}/publish")

    done, _ = await review_of(admin, sessions, path)
    assert (done.status, done.reason) == ("done", "published")


async def test_a_review_ends_when_everything_is_decided(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("PRT")))
    _, current = await review_of(admin, sessions, path)
    assessment = f"/v1/assessments/{current.json()['id']}"
    for finding in current.json()["findings"]:
        pending, _ = await review_of(admin, sessions, path)
        assert pending.status == "open"
        answer = await admin.patch(
            f"{assessment}/findings/{finding['criterion']}",
            json={"level": 1, "reason": "x"},
            headers={"If-Match": "*"},
        )
        assert answer.status_code == 200, answer.text

    done, _ = await review_of(admin, sessions, path)
    assert (done.status, done.reason) == ("done", "decided")


@pytest.mark.parametrize(
    ("verb", "body", "status", "reason"),
    [
        ("withdraw", None, "cancelled", "withdrawn"),
        ("return", {"reason": "More."}, "done", "changes-requested"),
        ("revisions", report("SVN", period="2020"), "cancelled", "revised"),
    ],
)
async def test_a_review_of_what_is_no_longer_there_to_review_ends(
    admin: httpx.AsyncClient,
    worker: Worker,
    sessions: Sessions,
    verb: str,
    body: Found | None,
    status: str,
    reason: str,
):
    period = {"withdraw": "2018", "return": "2019", "revisions": "2020"}[verb]
    made = await admin.post("/v1/submissions", json=report("SVN", period=period))
    path = await assessed(admin, worker, made)
    pending, _ = await review_of(admin, sessions, path)

    answer = await admin.post(f"{path}/{verb}", json=body)
    assert answer.is_success, answer.text

    found = await entry(sessions, str(pending.id))
    assert found is not None
    assert (found.status, found.reason) == (status, reason)


async def test_changes_that_are_requested_end_a_review_until_the_revision_is_assessed(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("DNK")))
    before, current = await review_of(admin, sessions, path)
    asked = await admin.post(
        f"/v1/assessments/{current.json()['id']}/request-changes",
        json={"criteria": [{"criterion": "budget", "reason": "How much?"}]},
        headers={"If-Match": "*"},
    )
    assert asked.is_success, asked.text
    await assessed(admin, worker, await admin.post(f"{path}/revisions", json=report("DNK")))

    after, _ = await review_of(admin, sessions, path)

    ended = await entry(sessions, str(before.id))
    assert ended is not None
    assert (ended.status, ended.reason) == ("done", "changes-requested")
    assert (after.status, after.id != before.id) == ("open", True)


async def test_what_awaits_review_is_there_for_agendas(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("IRL")))
    async with sessions() as session:
        before = await overview.awaiting_review(session, "ccm")
        none = await overview.awaiting_review(session, "apmbc")
    current = await admin.get(f"{path}/assessment")
    await admin.post(f"/v1/assessments/{current.json()['id']}/publish")
    async with sessions() as session:
        after = await overview.awaiting_review(session, "ccm")

    [found] = [row for row in before if row.state == "IRL"]
    assert (str(found.id), found.period, found.undecided) == (
        current.json()["id"], "2024", len(current.json()["findings"]),
    )  # fmt: skip
    assert none == []
    assert [row for row in after if row.state == "IRL"] == []
