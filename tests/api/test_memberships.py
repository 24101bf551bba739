"""Who is party to what on any day, and what the parties of frameworks share, as clients read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.errors import Invalid
from domain.states import actions
from schemas.catalogue import MembershipEntry, MembershipList, StateEntry, StateList
from services.database import Sessions
from services.loading import load

REVIEW_CONFERENCE = {"as_of": "2021-09-21"}


async def answer(client: httpx.AsyncClient, path: str, **parameters: str) -> Any:
    found = await client.get(path, params=parameters)
    assert found.status_code == 200, found.text
    return found.json()


async def overlaps(client: httpx.AsyncClient, **parameters: str) -> tuple[Any, dict[str, Any]]:
    """Those of the CCM, and its items by framework."""
    found = await answer(client, "/v1/frameworks/ccm/overlaps", **parameters)
    return found, {item["framework"]: item for item in found["items"]}


async def status(client: httpx.AsyncClient, state: str, framework: str, **parameters: str) -> str:
    found = await answer(client, f"/v1/states/{state}", **parameters)
    standings: dict[str, str] = {item["framework"]: item["status"] for item in found["memberships"]}
    return standings[framework]


async def refusal(client: httpx.AsyncClient, path: str) -> Any:
    found = await client.get(path)
    assert found.status_code == 422, found.text
    return found.json()


async def test_overlaps_on_the_day_of_the_working_paper(anonymous: httpx.AsyncClient):
    found, items = await overlaps(anonymous, as_of="2021-09-21")

    assert (found["parties"], found["signatories"], found["organisations"]) == (110, 13, [])
    treaties = ("apmbc", "crpd", "crc", "cedaw")
    assert [items[key]["shared"] for key in treaties] == [107, 105, 110, 106]
    assert items["crc"]["signatories_shared"] == 13
    assert items["cedaw"]["missing"] == ["NIU", "PLW", "SOM", "VAT"]
    checks = {key: [claim["holds"] for claim in items[key]["claims"]] for key in treaties}
    assert checks == {"apmbc": [True], "crpd": [True], "crc": [True], "cedaw": [False]}


async def test_at_the_first_review_conference_94_of_95_were_party_to_cedaw(anonymous: httpx.AsyncClient):
    found, items = await overlaps(anonymous, as_of="2015-09-08")

    assert (found["parties"], items["cedaw"]["shared"]) == (95, 94)
    assert [claim["holds"] for claim in items["cedaw"]["claims"]] == [True]


async def test_a_claim_says_what_it_states_of_which_day_and_when_it_was_true(anonymous: httpx.AsyncClient):
    _, items = await overlaps(anonymous, as_of="2021-09-21")

    (claim,) = items["cedaw"]["claims"]
    assert (claim["figure"], claim["as_of"]) == (94, "2021-09-21")
    assert claim["statement"].startswith("94 States Parties")
    assert claim["held"] == [{"from": "2015-08-31", "to": "2015-09-09"}]


async def test_on_30_september_2025_the_ccm_had_112_parties(anonymous: httpx.AsyncClient):
    by_deposit, _ = await overlaps(anonymous, as_of="2025-09-30")
    in_force, _ = await overlaps(anonymous, as_of="2025-09-30", party_by="entry-into-force")

    assert (by_deposit["parties"], by_deposit["party_by"]) == (112, "deposit")
    assert (in_force["parties"], in_force["party_by"]) == (111, "entry-into-force")


async def test_an_organisation_is_counted_among_the_parties_and_told_apart(anonymous: httpx.AsyncClient):
    _, items = await overlaps(anonymous, as_of="2021-09-21")
    listed = await answer(anonymous, "/v1/frameworks/crpd/memberships", status="party", limit="500")

    assert (items["crpd"]["parties"], items["crpd"]["organisations"]) == (184, ["EU"])
    assert items["cedaw"]["organisations"] == []
    assert "EU" in [item["state"] for item in listed["items"]]


async def test_states_outside_the_united_nations_count_like_any_other(anonymous: httpx.AsyncClient):
    found = await answer(
        anonymous, "/v1/frameworks/ccm/memberships", status="party", limit="500", as_of="2021-09-21"
    )

    parties = {item["state"] for item in found["items"]}
    assert len(parties) == 110
    assert parties >= {"COK", "NIU", "PSE", "VAT"}


async def test_the_rule_for_a_party_is_the_callers_to_choose(anonymous: httpx.AsyncClient):
    between = {"as_of": "2010-07-31"}

    assert await status(anonymous, "NOR", "ccm", **between) == "party"
    assert await status(anonymous, "NOR", "ccm", **between, party_by="entry-into-force") == "signatory"
    assert await status(anonymous, "NOR", "ccm", as_of="2010-08-01", party_by="entry-into-force") == "party"


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2008-12-02", "none"),
        ("2008-12-03", "signatory"),
        ("2011-03-24", "party"),
        ("2025-03-06", "withdrawn"),
    ],
)
async def test_a_state_that_joined_and_left(anonymous: httpx.AsyncClient, as_of: str, expected: str):
    listed = await answer(
        anonymous, "/v1/frameworks/ccm/memberships", status=expected, as_of=as_of, limit="500"
    )

    assert await status(anonymous, "LTU", "ccm", as_of=as_of) == expected
    assert "LTU" in [item["state"] for item in listed["items"]]


async def test_a_membership_says_from_when_it_binds(anonymous: httpx.AsyncClient):
    found = await answer(anonymous, "/v1/states/VUT")

    bound = {item["framework"]: (item["consent"], item["entry_into_force"]) for item in found["memberships"]}
    assert bound["crpd"] == ("2008-10-23", "2008-11-22")
    assert bound["apmbc"] == ("2005-09-16", "2006-03-01")


async def test_dates_that_are_not_certain_say_so(anonymous: httpx.AsyncClient):
    found = await answer(anonymous, "/v1/frameworks/belem-do-para/memberships", limit="500")

    assert len(found["items"]) == 32
    assert {item["confidence"] for item in found["items"]} == {"high", "medium", "low"}


async def test_a_region_narrows_parties_and_leaves_out_claims_about_the_world(anonymous: httpx.AsyncClient):
    africa, items = await overlaps(anonymous, as_of="2021-09-21", region="Africa")
    southern, _ = await overlaps(anonymous, as_of="2021-09-21", region="Southern Africa")

    assert (africa["region"], africa["parties"]) == ("Africa", 34)
    assert items["cedaw"]["missing"] == ["SOM"]
    assert [claim for item in items.values() for claim in item["claims"]] == []
    assert 0 < southern["parties"] < africa["parties"]


@pytest.mark.parametrize("path", ["/v1/frameworks/ccm/overlaps?", "/v1/overlaps?frameworks=ccm,crpd&"])
async def test_an_unknown_region_is_refused_with_those_that_are_known(
    anonymous: httpx.AsyncClient, path: str
):
    problem = await refusal(anonymous, f"{path}region=Atlantis")

    assert problem["code"] == "unknown-region"
    assert problem["errors"][0]["pointer"] == "?region"
    assert "Africa" in problem["errors"][0]["detail"]
    assert "Southern Africa" in problem["errors"][0]["detail"]


async def test_what_the_parties_of_three_treaties_share(anonymous: httpx.AsyncClient):
    found = await answer(anonymous, "/v1/overlaps", frameworks="ccm,cedaw,crpd", as_of="2021-09-21")

    assert found["parties"] == {"ccm": 110, "cedaw": 189, "crpd": 184}
    assert found["organisations"] == {"ccm": [], "cedaw": [], "crpd": ["EU"]}
    assert found["shared"]["parties"] == len(found["shared"]["states"]) == 103
    exact = {tuple(item["frameworks"]): item for item in found["combinations"]}
    assert exact["ccm", "cedaw", "crpd"]["states"] == found["shared"]["states"]
    assert exact["ccm",]["states"] == ["NIU", "VAT"]
    assert exact["crpd",]["states"] == ["EU", "IRN", "SDN"]


async def test_combinations_add_up_to_the_parties(anonymous: httpx.AsyncClient):
    found = await answer(
        anonymous, "/v1/overlaps", frameworks="ccm,apmbc,cedaw,crc,crpd,belem-do-para", **REVIEW_CONFERENCE
    )

    named = [state for item in found["combinations"] for state in item["states"]]
    assert len(named) == len(set(named))
    for key, count in found["parties"].items():
        held = [item["parties"] for item in found["combinations"] if key in item["frameworks"]]
        assert sum(held) == count
    numbers = [item["parties"] for item in found["combinations"]]
    assert numbers == sorted(numbers, reverse=True)


async def test_regions_add_up_to_the_states_among_the_parties(anonymous: httpx.AsyncClient):
    found = await answer(anonymous, "/v1/overlaps", frameworks="ccm,crpd", **REVIEW_CONFERENCE)

    regions = {item["region"]: item for item in found["regions"]}
    assert sorted(regions) == ["Africa", "Americas", "Asia", "Europe", "Oceania"]
    assert sum(item["parties"]["ccm"] for item in regions.values()) == 110
    assert sum(item["parties"]["crpd"] for item in regions.values()) == 184 - len(["EU"])
    assert sum(item["shared"] for item in regions.values()) == found["shared"]["parties"]
    assert regions["Africa"]["parties"]["ccm"] == 34


@pytest.mark.parametrize(
    ("frameworks", "codes"),
    [
        ("ccm,nowhere", ["unknown-framework"]),
        ("ccm,sdg", ["no-memberships"]),
        ("ccm,ccm", ["duplicate-framework"]),
        ("nowhere,ccm,sdg,ccm", ["unknown-framework", "no-memberships", "duplicate-framework"]),
    ],
)
async def test_frameworks_whose_parties_cannot_be_counted_are_all_named(
    anonymous: httpx.AsyncClient, frameworks: str, codes: list[str]
):
    problem = await refusal(anonymous, f"/v1/overlaps?frameworks={frameworks}")

    assert problem["code"] == "invalid-frameworks"
    assert [item["code"] for item in problem["errors"]] == codes
    assert {item["pointer"] for item in problem["errors"]} == {"?frameworks"}


@pytest.mark.parametrize("frameworks", ["ccm", "ccm,", ",".join(f"f{n}" for n in range(11)), "CCM,crpd", ""])
async def test_overlaps_are_asked_of_two_to_ten_keys(anonymous: httpx.AsyncClient, frameworks: str):
    assert (await refusal(anonymous, f"/v1/overlaps?frameworks={frameworks}"))["code"] == "validation-failed"


async def test_sample_states_are_in_no_count(anonymous: httpx.AsyncClient):
    sample = await answer(anonymous, "/v1/states/XAA")
    parties = await answer(anonymous, "/v1/frameworks/ccm/memberships", status="party", limit="500")
    shared = await answer(anonymous, "/v1/overlaps", frameworks="ccm,crpd")

    assert sample["sample"] is True
    assert "XAA" not in [item["state"] for item in parties["items"]]
    assert "XAA" not in [state for item in shared["combinations"] for state in item["states"]]


async def test_a_territory_says_who_administers_it_and_is_party_to_nothing(anonymous: httpx.AsyncClient):
    greenland = await answer(anonymous, "/v1/states/GRL")
    western_sahara = await answer(anonymous, "/v1/states/ESH")

    assert (greenland["kind"], greenland["administered_by"]) == ("territory", "DNK")
    assert (western_sahara["kind"], western_sahara["administered_by"]) == ("territory", None)
    assert greenland["memberships"] == []


async def test_a_list_that_makes_a_territory_a_party_is_refused(sessions: Sessions):
    entries = [MembershipEntry(state="GRL"), MembershipEntry(state="DNK"), MembershipEntry(state="QQQ")]

    async with sessions() as session:
        with pytest.raises(Invalid) as refused:
            await actions.load_memberships(session, MembershipList(framework="ccm", memberships=entries))

    assert [(problem.pointer, problem.code) for problem in refused.value.problems] == [
        ("/memberships/0/state", "territory"),
        ("/memberships/2/state", "unknown-state"),
    ]


async def test_a_list_of_an_unknown_framework_or_with_days_out_of_order_is_refused_with_its_lines(
    sessions: Sessions, tmp_path: Path
):
    file = tmp_path / "memberships.yaml"
    file.write_text(
        "memberships_of:\n"
        "- framework: ccm\n"
        "  memberships: [{state: NOR, signed: 2008-12-03, consent: 2008-12-03}]\n"
        "- framework: nowhere\n"
        "  memberships:\n"
        "  - state: NOR\n"
        "    signed: 2009-12-03\n"
        "    consent: 2008-12-03\n"
    )

    with pytest.raises(Invalid) as refused:
        await load(sessions, file)

    assert [(problem.code, problem.row) for problem in refused.value.problems] == [
        ("unknown-framework", 4),
        ("dates-out-of-order", 7),
    ]


@pytest.mark.parametrize(
    ("name", "content", "code", "line"),
    [
        ("memberships.yaml", b"\nmemberships_of: 3\n", "list-type", 2),
        ("ccm.sssom.tsv", b"#curie_map:\n#  \xe9: x\n", "not-utf-8", 2),
        (
            "themes.yaml",
            b"themes:\n- &a {key: a, facet: about-what, title: {en: A}}\n"
            b"- {key: b, facet: about-what, title: {en: B}}\n- {key: a, facet: about-what, title: {en: A}}\n",
            "repeated",
            4,
        ),
        (
            "states.yaml",
            b"states:\n- {iso3: NOR, name: {en: Norway}}\n- {iso3: NOR, name: {en: Norway}}\n",
            "repeated",
            3,
        ),
    ],
)
async def test_a_list_that_is_none_is_refused_with_its_line(
    sessions: Sessions, tmp_path: Path, name: str, content: bytes, code: str, line: int
):
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(Invalid) as refused:
        await load(sessions, file)

    assert [(problem.code, problem.row) for problem in refused.value.problems] == [(code, line)]


@pytest.mark.parametrize("day", ["1632182400", "2021-9-1", "20210921", "2021-09-21T00:00:00"])
async def test_a_day_is_asked_for_as_year_month_and_day(anonymous: httpx.AsyncClient, day: str):
    problem = await refusal(anonymous, f"/v1/frameworks/ccm/overlaps?as_of={day}")

    assert [item["pointer"] for item in problem["errors"]] == ["?as_of"]


async def test_a_territory_of_a_state_that_is_not_known_is_refused(sessions: Sessions):
    territory = StateEntry(iso3="QTA", name={"en": "A"}, kind="territory", administered_by="QQQ")

    async with sessions() as session:
        with pytest.raises(Invalid) as refused:
            await actions.load_states(session, StateList(states=[territory]))

    assert [problem.pointer for problem in refused.value.problems] == ["/states/0/administered_by"]
