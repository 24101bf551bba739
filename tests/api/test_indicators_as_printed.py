"""The results framework of the CIM comes back out as it is printed, cell by cell."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from domain.indicators import printed
from tests.api.planning import Found
from tests.catalogue.shipped import library


async def listed(client: httpx.AsyncClient) -> dict[str, Found]:
    answer = await client.get("/v1/indicators", params={"framework": "cim-plan", "limit": 500})
    assert answer.status_code == 200, answer.text
    return {item["ref"]: item for item in answer.json()["items"]}


async def test_each_cell_comes_back_out_to_the_letter(anonymous: httpx.AsyncClient):
    found = await listed(anonymous)

    assert found.keys() == {item.ref for item in library("cim-plan").indicators}
    for item in library("cim-plan").indicators:
        document = item.model_dump(mode="json", exclude={"provision"})
        assert {name: found[item.ref][name] for name in document} == document


async def test_the_75_indicators_have_76_rows_of_which_one_has_no_indicator_of_its_own(
    anonymous: httpx.AsyncClient,
):
    found = (await listed(anonymous)).values()

    assert len(found) == 75
    assert sum(max(1, len(item["targets"]), len(item["baselines"])) for item in found) == 76


async def test_what_is_printed_in_each_cell_is_what_the_plan_prints(anonymous: httpx.AsyncClient):
    found = (await listed(anonymous)).values()
    cells = {
        name: Counter(value["printed"] for item in found for value in item[name])
        for name in ("baselines", "targets")
    }

    assert cells["baselines"] == {
        "0": 61, "TBD": 6, "3": 2, "1": 1, "15": 1, "3 countries": 1, "19": 1, "US$237,000": 1,
        "US$25,000": 1,
    }  # fmt: skip
    assert cells["targets"] == {
        "TBD": 20, "1": 17, "At least 300 people trained": 3, "5": 2, "300": 2, "12": 2, "10": 2,
        "At least 75 people trained": 1, "At least 200 people trained": 1, "2": 1, "4": 1, "60": 1, "100": 1,
        "At least 2 countries begin using the SISDEHM (or specific modules)": 1,
        "2 additional countries": 1,
        "At least 10 good practices identified/ analyzed": 1,
        "Toolkit sent to at least two political parties/ electoral bodies in each country": 1,
        "Handbook sent to at least two political parties in each country": 1,
        "Guide sent to electoral institution of each country": 1,
        "Series of recommendations adopted": 1,
        "At least one recommen-dation implement-ted per country": 1,
        "Protocol sent to at least two political parties in each country": 1,
        "Guide sent to at least 2 political parties (women’s secretariats ) in each country": 1,
        "1 per year": 1, "$500,000": 1, "$5 million": 1,
    }  # fmt: skip


async def test_sources_and_who_answers_are_printed_with_their_hyphens_and_slips(anonymous: httpx.AsyncClient):
    found = (await listed(anonymous)).values()
    cells = {
        name: Counter(cell for item in found for cell in item[name])
        for name in ("data_sources", "responsible")
    }

    assert cells["data_sources"] == {
        "CIM records": 70, "MESECVI records": 3, "Online compen-dium of good practices": 2,
        "CIM Thematic Reports, National Reports (Belém do Pará, IAP, CEDAW)": 2, "MESECVI Reports": 1,
        "MESECVI Website records": 1,
    }  # fmt: skip
    assert cells["responsible"] == {
        "OAS (CIM)": 63, "National machineries for women": 22,
        "National-level political parties and other political institutions": 14, "OAS": 8, "Member States": 6,
        "OAS (MESECVI)": 3, "National-level electoral bodies": 2, "OAS (MESCEVI)": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ref", "above_the_rows", "in_the_list"),
    [
        ("3.1.2.io1", "adopt or adapt the Integrated System of Indicators", "“Countries adopt a system of"),
        ("3.2.io1", "Strategic Plan 20014-2017 (see attached)", "without “(see attached)”"),
    ],
)
async def test_an_objective_is_called_as_above_its_rows_and_says_how_the_list_words_it(
    anonymous: httpx.AsyncClient, ref: str, above_the_rows: str, in_the_list: str
):
    found = (await anonymous.get(f"/v1/provisions/cim-plan:{ref}")).json()

    assert above_the_rows in found["title"]["en"]
    assert in_the_list in found["summary"]["en"]


async def test_a_cell_of_two_values_is_read_and_written_back(anonymous: httpx.AsyncClient):
    item = (await listed(anonymous))["3.2.io1.a.i1"]
    cell = "\n".join(value["printed"] for value in item["targets"])

    assert [value["kind"] for value in item["targets"]] == ["number", "tbd"]
    assert [value.kind for value in printed.read_cell(cell).values] == ["number", "tbd"]
    assert str(printed.read_cell(cell)) == cell == "1\nTBD"


async def test_who_answers_for_it_and_where_it_is_found_may_be_several(anonymous: httpx.AsyncClient):
    found = await listed(anonymous)

    assert found["3.1.3.io1.b.i1"]["data_sources"] == [
        "CIM records",
        "Online compen-dium of good practices",
    ]
    assert found["3.1.3.io1.b.i1"]["responsible"] == ["OAS (CIM)", "National machineries for women"]
    by_sex = [ref for ref, item in found.items() if "sex" in item["disaggregation"]]
    assert len(by_sex) == 7
