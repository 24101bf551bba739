"""Search finds what people ask for, in three languages, and shows where it says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from domain.frameworks.search import highlight, split
from services.database import Sessions
from tests.api.given import problem_of
from tests.api.test_editions import library

Found = dict[str, Any]


async def search(client: httpx.AsyncClient, q: str, **parameters: Any) -> list[Found]:
    answer = await client.get("/v1/search", params={"q": q, "limit": 500} | parameters)
    assert answer.status_code == 200, answer.text
    found: list[Found] = answer.json()["items"]
    return found


def references(found: list[Found]) -> list[str]:
    return [item["reference"] for item in found]


@pytest.mark.parametrize(
    ("q", "reference"),
    [
        ("cedaw", "cedaw"),
        ("OAP", "oap"),
        ("gcm", "gcm"),
        ("sdg 5.2.1", "sdg:5.2.1"),
        ("5.2.1", "sdg:5.2.1"),
        ("sdg 5.a", "sdg:5.a"),
        ("5.a.1", "sdg:5.a.1"),
        ("art.7 ccm", "ccm:art-7"),
        ("goal 5", "sdg:5"),
        ("objectif 5", "sdg:5"),
        ("ccm:art-7", "ccm:art-7"),
        ("cedaw article 12", "cedaw:art-12"),
        ("artículo 7 ccm", "ccm:art-7"),
        ("action 29", "oap:action-29"),
        ("resolution 1325", "wps:unscr-1325"),
        ("convention disabilities", "crpd"),
        ("personnes handicapées", "crpd"),
        ("unpaid care work", "sdg:5.4.1"),
        ("victim assistance lap", "lap:victim-assistance"),
    ],
)
async def test_what_is_asked_for_by_its_name_comes_first(
    anonymous: httpx.AsyncClient, q: str, reference: str
):
    assert references(await search(anonymous, q))[0] == reference


@pytest.mark.parametrize("q", ["art-7", "article 7"])
async def test_articles_of_that_number_come_before_what_speaks_of_them(anonymous: httpx.AsyncClient, q: str):
    first = await search(anonymous, q, limit=5)

    assert {item["reference"].partition(":")[2] for item in first} == {"art-7"}


@pytest.mark.parametrize(
    ("language", "q", "other"),
    [
        ("fr", "egalite", "égalité"),
        ("fr", "ÉGALITÉ", "egalité"),
        ("fr", "personne handicapee", "personnes handicapées"),
        ("fr", "mise en oeuvre", "mise en œuvre"),
        ("fr", "acces a la justice", "accès à la justice"),
        ("es", "discriminacion", "discriminación"),
        ("es", "ninas", "niñas"),
        ("es", "instituciones", "institucion"),
        ("en", "disabilities", "disability"),
        ("en", "gender-responsive", "gender responsive"),
        ("es", "nin\u0303as", "niñas"),
    ],
)
async def test_accents_case_and_forms_of_a_word_make_no_difference(
    anonymous: httpx.AsyncClient, language: str, q: str, other: str
):
    found = await search(anonymous, q, language=language)

    assert found
    assert {item["match"] for item in found} == {"words"}
    assert references(found) == references(await search(anonymous, other, language=language))


@pytest.mark.parametrize(
    ("q", "reference", "language", "title"),
    [
        ("egalite", "crpd:art-5", "fr", "<mark>Égalité</mark> et non-discrimination"),
        ("salud", "cedaw:art-12", "es", None),
        ("ninas", "crpd:art-7", "es", "<mark>Niños</mark> y <mark>niñas</mark> con discapacidad"),
        ("disability", "crpd:art-7", "en", "Children with <mark>disabilities</mark>"),
    ],
)
async def test_a_hit_is_shown_in_the_language_in_which_it_was_found(
    anonymous: httpx.AsyncClient, q: str, reference: str, language: str, title: str | None
):
    found = {item["reference"]: item for item in await search(anonymous, q)}[reference]

    assert found["language"] == language
    assert found["title"].keys() >= {"en", "fr", "es"}
    assert title is None or found["highlights"]["title"] == title


async def test_a_word_in_the_summary_is_found_below_one_in_the_title(anonymous: httpx.AsyncClient):
    found = await search(anonymous, "risk education", language="en")

    in_summary = [item["highlights"]["summary"] is not None for item in found]
    assert "<mark>" in found[0]["highlights"]["title"]
    assert any(in_summary)
    assert all(
        "<mark>" in item["highlights"]["title"] + (item["highlights"]["summary"] or "") for item in found
    )


async def test_phrases_alternatives_and_words_left_out(anonymous: httpx.AsyncClient):
    words = set(references(await search(anonymous, "women violence")))
    phrase = set(references(await search(anonymous, '"violence against women"')))
    without = set(references(await search(anonymous, "violence women -girls")))
    either = set(references(await search(anonymous, "torture or trafficking")))

    assert phrase < words
    assert without < words
    assert "sdg:5.2" in words - without
    assert either == set(references(await search(anonymous, "torture"))) | set(
        references(await search(anonymous, "trafficking"))
    )


def test_a_word_is_left_out_only_where_a_hyphen_stands_before_it():
    assert split('gender-based -"armed conflict" -girls') == ("gender-based    ", '"armed conflict" or girls')


async def test_filters_restrict_what_is_found(anonymous: httpx.AsyncClient):
    every = await search(anonymous, "women")

    only = await search(anonymous, "women", framework="sdg", node="indicator")
    assert only
    assert references(only) == [
        item["reference"] for item in every if (item["framework"], item["node"]) == ("sdg", "indicator")
    ]
    themed = await search(anonymous, "women", theme="gender-based-violence")
    assert 0 < len(themed) < len(every)
    assert "framework" not in {item["node"] for item in themed}
    assert {item["language"] for item in await search(anonymous, "violencia", language="es")} == {"es"}
    assert await search(anonymous, "violencia", language="en", framework="ccm") == []
    assert await search(anonymous, "women", framework="no-such") == []


@pytest.mark.parametrize("q", ["women", "ninas", "disagregated data"])
async def test_the_pages_together_are_the_whole_and_the_best_comes_first(
    anonymous: httpx.AsyncClient, q: str
):
    whole = await search(anonymous, q)

    found: list[Found] = []
    page: Found = {"next": None}
    while page["next"] is not None or not found:
        cursor = {} if page["next"] is None else {"cursor": page["next"]}
        page = (await anonymous.get("/v1/search", params={"q": q, "limit": 7} | cursor)).json()
        found += page["items"]

    assert len(whole) > 7
    assert found == whole
    assert len(set(references(found))) == len(found)
    assert references(found) == [
        item["reference"] for item in sorted(found, key=lambda item: (-item["rank"], item["reference"]))
    ]


async def test_a_cursor_of_another_query_is_a_place_and_nothing_more(anonymous: httpx.AsyncClient):
    page = (await anonymous.get("/v1/search?q=women&limit=1")).json()
    answer = await anonymous.get("/v1/search", params={"q": "mines", "cursor": page["next"]})

    assert answer.status_code == 200
    assert {item["match"] for item in answer.json()["items"]} <= {"words"}
    for cursor in ("d29yZHM", "d29yZHMgbmFuIGE", "bm9uZSAxIGE", "!"):
        answer = await anonymous.get("/v1/search", params={"q": "mines", "cursor": cursor})
        problem_of(answer, 422, "invalid-cursor")


@pytest.mark.parametrize("q", ["the", "de la", "!!", " ", '"', "-", "- -", "()&|:*<->", "-women", "\\"])
async def test_a_query_with_nothing_to_look_for_finds_nothing(anonymous: httpx.AsyncClient, q: str):
    assert await search(anonymous, q) == []


@pytest.mark.parametrize(
    "q",
    [
        "'; DROP TABLE editions; --",
        '"' * 200,
        "a" * 200,
        "or or or",
        "women:* & !men",
        "\U0001f600 \ufffd",
        "%_",
    ],
)
async def test_any_other_text_is_searched_for_as_it_is(anonymous: httpx.AsyncClient, q: str):
    assert isinstance(await search(anonymous, q), list)


async def test_what_cannot_be_a_query_is_refused(anonymous: httpx.AsyncClient):
    for parameters in (
        {}, {"q": ""}, {"q": "a" * 201}, {"q": "a", "node": "state"}, {"q": "a", "language": "ENGLISH!"},
        {"q": "a", "limit": "0"},
    ):  # fmt: skip
        answer = await anonymous.get("/v1/search", params=parameters)
        problem_of(answer, 422, "validation-failed")
    problem_of(await anonymous.get("/v1/search?q=a%00b"), 404, "not-found")


async def test_a_misspelt_word_finds_what_is_spelt_alike(anonymous: httpx.AsyncClient):
    found = await search(anonymous, "disagregated")

    assert {item["match"] for item in found} == {"spelling"}
    assert "disaggregated" in found[0]["title"]["en"].lower()
    assert await search(anonymous, "disagregated", language="fr") == []


async def test_without_pg_trgm_a_misspelt_word_finds_nothing(
    anonymous: httpx.AsyncClient, sessions: Sessions
):
    async with sessions.begin() as session:
        await session.execute(text("DROP EXTENSION pg_trgm"))
    try:
        assert await search(anonymous, "disagregated") == []
        assert await search(anonymous, "disaggregated")
    finally:
        async with sessions.begin() as session:
            await session.execute(text("CREATE EXTENSION pg_trgm"))


@pytest.fixture
async def key(sessions: Sessions) -> AsyncIterator[str]:
    """A framework of the test's own, which does not stay to be found by other tests."""
    key = f"plan-{uuid4().hex[:8]}"
    yield key
    async with sessions.begin() as session:
        await session.execute(text("DELETE FROM editions WHERE framework_key = :key"), {"key": key})


async def bring(admin: httpx.AsyncClient, key: str, edition: str, *titles: str, draft: bool = False) -> None:
    document = library(key, edition, f"{edition}-01-31", f"Plan {key}") | {
        "provisions": [
            {"ref": f"action-{number}", "kind": "action", "title": {"en": title}}
            for number, title in enumerate(titles, 1)
        ]
    }
    path = f"/v1/frameworks/{key}/editions/{edition}"
    answer = await admin.put(path, json=document, params={"draft": draft})
    assert answer.status_code == 201, answer.text


async def test_a_later_edition_takes_the_place_of_the_earlier_at_once(admin: httpx.AsyncClient, key: str):
    await bring(admin, key, "2024", "Quokka counting")
    assert references(await search(admin, "quokka")) == [f"{key}:action-1"]

    await bring(admin, key, "2026", "Wombat counting")

    assert await search(admin, "quokka") == []
    assert [(item["reference"], item["edition"]) for item in await search(admin, "wombats")] == [
        (f"{key}:action-1", "2026")
    ]


async def test_an_earlier_edition_and_a_draft_are_not_found(admin: httpx.AsyncClient, key: str):
    await bring(admin, key, "2024", "Numbat counting")
    await bring(admin, key, "2020", "Bilby counting")
    await bring(admin, key, "2026", "Dunnart counting", draft=True)

    assert await search(admin, "bilby") == await search(admin, "dunnart") == []
    await bring(admin, key, "2026", "Dunnart counting")
    assert references(await search(admin, "dunnart")) == [f"{key}:action-1"]


async def test_only_the_marks_of_a_highlight_are_markup(admin: httpx.AsyncClient, key: str):
    title = "<script>alert('quoll')</script> & <mark>no\x01\x02\x03 quoll</mark> &lt; œuvre/quoll"
    await bring(admin, key, "2024", title, "\u0301a\u0302 quoll \uac00\u00e9 quolls")

    found = {item["reference"]: item["highlights"]["title"] for item in await search(admin, "quoll")}

    assert found[f"{key}:action-1"] == (
        "&lt;script&gt;alert(&#x27;<mark>quoll</mark>&#x27;)&lt;/script&gt; &amp; &lt;mark&gt;no\x01\x02\x03 "
        "<mark>quoll</mark>&lt;/mark&gt; &amp;lt; œuvre/<mark>quoll</mark>"
    )
    assert found[f"{key}:action-2"] == ("\u0301a\u0302 <mark>quoll</mark> \uac00\u00e9 <mark>quolls</mark>")


def test_a_mark_covers_a_ligature_whole():
    assert highlight("L’œuvre", "l \x01oeuvre\x02") == "L’<mark>œuvre</mark>"


async def test_when_nothing_has_all_the_words_what_has_some_of_them_is_found(anonymous: httpx.AsyncClient):
    found = (await anonymous.get("/v1/search", params={"q": "girls submarines telescopes"})).json()["items"]

    assert found
    assert {item["match"] for item in found} == {"some-words"}
    assert all("<mark>" in f"{item['highlights']['title']}{item['highlights']['summary']}" for item in found)
