"""What a draft of another report quotes, in which order, and what it leaves apart."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import delete, text

from domain.frameworks.models import Instrument
from services.database import Sessions
from tests.api.mapped import Found, Mapped, mapped
from tests.worker_in_process import Worker

SERVICES = "In 2024, 112 women among the survivors received rehabilitation at the health centres."
GAP = "There is no referral mechanism for cases of gender-based violence."


@pytest.fixture
async def here(admin: httpx.AsyncClient, worker: Worker, sessions: Sessions) -> AsyncIterator[Mapped]:
    yield mapped(admin, worker)
    async with sessions.begin() as session:
        await session.execute(text("DELETE FROM submissions"))


async def filed(here: Mapped, themes: dict[str, list[str]], match: str = "related") -> str:
    """A report that says SERVICES, with a finding that leads to `b:1`; nothing leads to the others in `b`."""
    await here.framework("a", "1")
    await here.framework("b", *themes, by_ref=themes)
    await here.judged("a", "1")
    await here.bring("set", ("a:1", match, "b:1"))
    return await here.reviewed("a", {"1": 2}, text=SERVICES)


async def drafted(here: Mapped, path: str) -> tuple[Found, str]:
    """As JSON and as Markdown."""
    wanted = {"to": here.key("b")}
    found = await here.client.get(f"{path}/reuse", params=wanted)
    written = await here.client.get(f"{path}/reuse", params=wanted, headers={"Accept": "text/markdown"})
    return found.json(), written.text


async def test_what_is_on_another_subject_is_quoted_apart_with_what_it_is_nearest_to(here: Mapped):
    path = await filed(here, {"1": ["trafficking"], "2": ["victim-assistance"], "3": ["education"]})

    found, written = await drafted(here, path)

    assert [section["quotations"] for section in found["sections"]] == [[]]
    [group] = found["apart"]
    assert [heading["provision"] for heading in group["near"]] == [here.ref("b:2")]
    assert [quotation["text"] for quotation in group["quotations"]] == [SERVICES]
    assert f"no mapping leads there: Title 2 ({here.ref('b:2')}).\n\n> {SERVICES}\n" in written


async def test_what_is_near_to_nothing_is_quoted_apart_too(here: Mapped):
    found, written = await drafted(here, await filed(here, {"1": ["trafficking"]}))

    assert [(group["near"], len(group["quotations"])) for group in found["apart"]] == [([], 1)]
    assert f"Near to no provision.\n\n> {SERVICES}\n" in written


@pytest.mark.parametrize(
    ("people", "quotes"), [(["women-and-girls"], True), (["migrants"], False), ([], True)]
)
async def test_a_framework_about_some_people_is_not_quoted_what_is_about_others(
    here: Mapped, people: list[str], quotes: bool
):
    path = await filed(here, {"1": ["victim-assistance", *people], "2": ["education", *people]})

    found, written = await drafted(here, path)

    [section] = found["sections"]
    assert bool((await here.items(path, "b"))["1"]["reuse"]) is bool(section["quotations"]) is quotes
    assert [(group["reason"], group["near"]) for group in found["apart"]] == (
        [] if quotes else [("other-people", [])]
    )
    assert written.count(SERVICES) == 1


async def test_a_section_says_how_much_of_what_stands_behind_it_is_quoted_elsewhere_or_apart(here: Mapped):
    about = {"1": [{"all": ["survivors", "women"]}], "2": ["gbv"]}
    criteria = [
        {"key": key, "title": {"en": key}, "provisions": [here.ref("a:1")], "concepts": concepts}
        for key, concepts in about.items()
    ]
    await here.framework("a", "1")
    await here.framework(
        "b", "1", "2", by_ref={"1": ["trafficking"], "2": ["gender-based-violence", "institutions"]}
    )
    await here.judged("a", criteria=criteria)
    await here.bring("set", ("a:1", "related", "b:1"), ("a:1", "related", "b:2"))
    path = await here.reviewed("a", {"1": 2, "2": 1}, text=f"{GAP} {SERVICES}")

    found, written = await drafted(here, path)

    first, second = found["sections"]
    quoted = {quotation["evidence"] for quotation in second["quotations"]}
    apart = {quotation["evidence"] for group in found["apart"] for quotation in group["quotations"]}
    behind = {
        evidence["id"]
        for finding in (await here.client.get(f"{path}/assessment")).json()["findings"]
        for evidence in finding["evidence"]
    }
    assert (first["quotations"], {group["reason"] for group in found["apart"]}) == ([], {"other-subjects"})
    assert quoted
    assert apart
    assert quoted | apart == behind == set(first["unfitting"])
    assert set(second["unfitting"]) == apart
    assert f"Of what stands behind it, {len(behind)} pieces are on other subjects" in written


async def test_a_provision_that_something_fits_is_not_said_to_be_unrecognisable(here: Mapped):
    criterion = {
        "key": "1",
        "title": {"en": "Criterion 1"},
        "provisions": [here.ref("a:1")],
        "concepts": [{"all": ["survivors", "women"]}],
        "themes": ["women-and-girls"],
    }
    await here.framework("a", "1")
    by_ref = {"1": ["stereotypes", "women-and-girls"], "2": ["stereotypes", "migrants"], "3": ["stereotypes"]}
    await here.framework("b", *by_ref, by_ref=by_ref)
    await here.judged("a", criteria=[criterion])
    links = (("a:1", "related", "b:1"), ("a:1", "exact", "b:2"), ("a:1", "related", "b:3"))
    await here.bring("set", *links)

    found, _ = await drafted(here, await here.reviewed("a", {"1": 2}, text=SERVICES))

    told = {section["provision"]: section["unrecognised"] for section in found["sections"]}
    assert told == {here.ref("b:1"): [], here.ref("b:2"): [], here.ref("b:3"): ["stereotypes"]}


@pytest.mark.parametrize(("subject", "told"), [("stereotypes", False), ("trafficking", True)])
async def test_a_draft_says_where_it_could_not_know_that_there_is_something_to_quote(
    here: Mapped, subject: str, told: bool
):
    found, written = await drafted(here, await filed(here, {"1": [subject]}))

    [section] = found["sections"]
    assert (section["quotations"], section["unrecognised"]) == ([], [] if told else [subject])
    assert (f"No passage is recognised as being on `{subject}`" in written) is not told


async def test_a_provision_that_asks_for_the_same_is_quoted_everything(here: Mapped):
    found, _ = await drafted(here, await filed(here, {"1": ["trafficking", "migrants"]}, "exact"))

    [section] = found["sections"]
    assert [quotation["text"] for quotation in section["quotations"]] == [SERVICES]


async def test_a_quotation_is_on_the_subject_of_its_criterion_too(here: Mapped):
    criterion = {
        "key": "1",
        "title": {"en": "Criterion 1"},
        "provisions": [here.ref("a:1")],
        "concepts": [{"all": ["survivors", "women"]}],
        "themes": ["budget"],
    }
    await here.framework("a", "1")
    await here.framework("b", "1", themes=["budget"])
    await here.judged("a", criteria=[criterion])
    await here.bring("set", ("a:1", "related", "b:1"))

    found, _ = await drafted(here, await here.reviewed("a", {"1": 2}, text=SERVICES))

    [section] = found["sections"]
    assert [quotation["text"] for quotation in section["quotations"]] == [SERVICES]
    assert "budget" in section["quotations"][0]["themes"]


async def test_stated_gaps_come_last(here: Mapped):
    about = {"1": [{"all": ["survivors", "women"]}], "2": ["gbv"]}
    criteria = [
        {"key": key, "title": {"en": key}, "provisions": [here.ref("a:1")], "concepts": concepts}
        for key, concepts in about.items()
    ]
    await here.framework("a", "1")
    await here.framework("b", "1", themes=["gender-based-violence", "institutions", "victim-assistance"])
    await here.judged("a", criteria=criteria)
    await here.bring("set", ("a:1", "related", "b:1"))
    path = await here.reviewed("a", {"1": 2, "2": 0}, text=f"{GAP} {SERVICES}")

    found, written = await drafted(here, path)

    [section] = found["sections"]
    assert [quotation["text"] for quotation in section["quotations"]] == [SERVICES, GAP]
    assert written.count("**The report states a gap:**") == 1


async def test_a_persons_word_stands_in_the_draft_also_where_no_mapping_leads(here: Mapped):
    path = await filed(here, {"1": ["victim-assistance"], "2": ["education"]})
    said = {"established": "full", "reason": "Told in the annex."}
    await here.client.put(f"{path}/crosswalk/{here.ref('b:2')}", json=said)

    found, written = await drafted(here, path)

    assert [section["basis"] for section in found["sections"]] == ["indication", "person"]
    assert "**full**, as decided by test: Told in the annex." in written
    unknown = (
        f"Derived: Nothing is established about the gender and diversity side of Title 2 ({here.ref('b:2')})."
    )
    assert unknown in written
    assert (found["unanswered"], "No mapping leads here" in written) == ([], False)


@pytest.mark.parametrize(("year", "offered"), [(2024, True), (2025, False)])
async def test_a_provision_that_was_adopted_on_its_own_after_the_period_is_offered_when_asked_for(
    here: Mapped, sessions: Sessions, year: int, offered: bool
):
    path = await filed(here, {"1": ["victim-assistance"], "2": ["victim-assistance"]})
    resolutions = [
        Instrument(
            key=key, framework=here.key("b"), year=year, title={"en": key}, kind="resolution", body="A",
            source="A/1", note=None, position=1_000,
        )
        for key in "12"
    ]  # fmt: skip
    async with sessions.begin() as session:
        session.add_all(resolutions)
    try:
        found, draft = await here.crosswalk(path, "b"), (await drafted(here, path))[0]
        wanted = {"to": here.key("b"), "all": True}
        everything = (await here.client.get(f"{path}/crosswalk", params=wanted)).json()
    finally:
        async with sessions.begin() as session:
            await session.execute(delete(Instrument).where(Instrument.framework == here.key("b")))

    assert (len(found["items"]), len(found["unmapped"])) == (int(offered), int(offered))
    assert (len(draft["sections"]), len(draft["unanswered"])) == (int(offered), int(offered))
    assert (found["party"], len(everything["items"]), len(everything["unmapped"])) == (True, 1, 1)
