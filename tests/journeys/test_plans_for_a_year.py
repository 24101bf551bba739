"""Three plans, drawn up and filled for a year through the API: a region's, a country's, and a mandate's.

The clock moves from quarter to quarter. What each comes to is a table that can be checked by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.api.dependencies import the_time
from tests.api.planning import Found, changed, drawn_up, items

CSV = {"Content-Type": "text/csv"}


class Clock:
    """The time of the API, at noon."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def shows(self, day: str) -> None:
        self.now = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=12)

    async def read(self) -> datetime:
        return self.now


@pytest.fixture
def clock(app: FastAPI) -> Iterator[Clock]:
    made = Clock()
    app.dependency_overrides[the_time] = made.read
    yield made
    app.dependency_overrides.clear()


async def noted(client: httpx.AsyncClient, item: str, on: str, text: str, *evidence: str) -> None:
    body = {"text": text, "on": on, "evidence": list(evidence)}
    made = await client.post(f"{item}/notes", json=body)
    assert made.status_code == 201, made.text


async def answered(client: httpx.AsyncClient, path: str, **asked: Any) -> Found:
    answer = await client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


def line_of(found: Found, ref: str) -> Found:
    return next(line for line in found["items"] if line["ref"] == ref)


CIM = """
ref             observed    status          share
3.1.1.io1.a.i1  1           achieved        1
3.1.1.io1.b.i1  2           on-track        0.25
3.1.1.io1.b.i2  F15+M6      behind          0.1
3.1.1.io1.c.i1  1           on-track        0.2
3.1.1.io1.c.i2  0           no-change       0
3.1.1.io2.a.i1  1           achieved        1
3.1.1.io2.a.i2  F40+M10     on-track        0.166667
3.1.1.io2.b.i1  1           achieved        1
3.1.1.io2.b.i2  0           no-change       0
3.1.1.io2.b.i3  0           no-change       0
3.1.1.io2.c.i1  1           achieved        1
3.1.1.io2.d.i1  60          baseline-tbd    -
3.1.2.io1.a.i1  F20+M4      off-track       0.08
3.1.2.io1.a.i2  1           on-track        0.5
3.1.2.io1.b.i1  0           no-change       0
3.1.2.io1.b.i2  F12         no-observation  -
3.1.3.io1.a.i1  4           on-track        0.5
3.1.3.io1.b.i1  1           behind          0.1
3.1.3.io1.b.i2  yes         no-target       -
3.1.3.io1.c.i1  0           target-of-each-country -
3.1.3.io1.c.i2  3           no-target       -
3.1.3.io1.d.i1  F30+M15     behind          0.15
3.1.3.io1.d.i2  Good_marks  text-indicator  -
3.1.3.io2.a.i1  2           target-of-each-country -
3.1.3.io2.a.i2  0           no-target       -
3.1.3.io2.b.i1  0           target-of-each-country -
3.1.3.io2.b.i2  0           no-target       -
3.1.3.io2.c.i1  None_yet    text-indicator  -
3.1.3.io2.c.i2  0           target-of-each-country -
3.1.3.io2.d.i1  1           target-of-each-country -
3.1.3.io2.d.i2  1           no-target       -
3.1.3.io2.e.i1  F60+M0      on-track        0.2
3.1.3.io2.e.i2  Useful      text-indicator  -
3.1.3.io3.a.i1  0           target-of-each-country -
3.1.3.io3.a.i2  0           no-target       -
3.1.3.io3.b.i1  10          off-track       0.05
3.1.3.io3.b.i2  Useful      text-indicator  -
3.1.4.fo1.i1    0           no-change       0
3.1.4.fo1.i2    2           target-tbd      -
3.1.4.io1.a.i1  1           achieved        1
3.1.4.io1.a.i2  4           target-tbd      -
3.1.4.io1.b.i1  0           no-change       0
3.1.4.io2.a.i1  0           no-change       0
3.1.4.io2.a.i2  0           target-tbd      -
3.1.4.io2.a.i3  0           target-tbd      -
3.1.4.io2.b.i1  2           regressed       -0.111111
3.1.4.io2.b.i2  3           no-change       0
3.1.4.io3.a.i1  1           target-tbd      -
3.1.4.io3.b.i1  1           target-tbd      -
3.1.4.io4.a.i1  0           no-change       0
3.1.4.io4.b.i1  0           target-tbd      -
3.1.4.io4.c.i1  0           target-tbd      -
3.1.5.io1.a.i1  0           no-change       0
3.1.5.io1.a.i2  -           no-observation  -
3.1.5.io1.b.i1  0           no-change       0
3.1.5.io1.b.i2  12          achieved        1.2
3.1.5.io1.c.i1  1+F14+M6    on-track        0.25
3.1.5.io1.c.i2  Good_marks  text-indicator  -
3.1.5.io2.a.i1  1           achieved        1
3.1.5.io2.a.i2  1           target-tbd      -
3.1.5.io2.b.i1  0           no-change       0
3.1.5.io2.c.i1  0           target-tbd      -
3.1.5.io3.a.i1  0           target-tbd      -
3.1.5.io3.b.i1  0           target-tbd      -
3.2.fo1.i1      More_laws   text-indicator  -
3.2.io1.a.i1    1           several-targets -
3.2.io1.b.i1    2           target-tbd      -
3.2.io1.c.i1    1           on-track        1
3.2.io1.c.i2    26          on-track        0.170732
3.3.fo1.i1      Visible     text-indicator  -
3.3.io1.a.i1    1           target-tbd      -
3.3.io1.a.i2    300000      on-track        0.239544
3.3.io1.a.i3    150000      off-track       0.025126
3.3.io2.a.i1    1           target-tbd      -
3.3.io2.b.i1    1           target-tbd      -
"""
"""What is observed for 2016, and what it comes to: 16.7 % of the six years are over, so 15.9 % of the way is
on track and 8.3 % is behind."""

LINES = [line.split() for line in CIM.strip().splitlines()[1:]]


def observations() -> str:
    """As the secretariat sends them: a row for a total, one each for women and for men."""
    rows = ["indicator,area,period,value,sex"]
    for ref, observed, _, _ in LINES:
        for part in observed.split("+") if observed != "-" else []:
            sex = part[0] if part[0] in "FM" and part[1:].isdigit() else "_T"
            value = part[1:] if sex != "_T" else part.replace("_", " ")
            rows.append(f"cim-plan:{ref},OAS,2016,{value},{sex}")
    return "\n".join(rows)


def told(line: Found) -> list[str]:
    """Reference, status or why there is none, and share, as they stand in the table."""
    ref = line["indicator"].partition(":")[2]
    return [ref, line["code"] or line["status"], "-" if line["value"] is None else f"{line['value']:g}"]


async def test_the_plan_of_a_region_with_all_its_indicators(admin: httpx.AsyncClient, clock: Clock):
    clock.shows("2016-01-04")
    area = await admin.put("/v1/areas/OAS", json={"title": {"en": "Organization of American States"}})
    assert area.status_code == 201, area.text
    path = await drawn_up(
        admin, framework="cim-plan", owner="OAS", start="2016-01-01", end="2021-12-31", rollup="leaves"
    )
    plan = path.rpartition("/")[2]

    entered = await admin.post(f"{path}/calendar", json={"time_zone": "America/New_York"})

    dates = entered.json()["dates"]
    assert [(one["date"], one["kind"]) for one in dates] == [
        ("2016-04-30", "monitoring-plan"),
        ("2016-12-31", "annual-review"),
        ("2017-12-31", "annual-review"),
        ("2018-12-31", "annual-review"),
        ("2018-12-31", "mid-term-evaluation"),
        *((f"{year}-12-31", "annual-review") for year in (2019, 2020, 2021)),
        ("2022-12-31", "external-evaluation"),
    ]
    assert all(one["meeting"] for one in dates)

    outputs = [item["ref"] for item in await items(admin, path) if item["counts"]]
    clock.shows("2016-03-10")
    launched = f"{path}/items/3.1.1.io2.c"
    await noted(admin, launched, "2016-03-07", "Institutional gender policy launched.", "OAS policy, 2016")
    await changed(admin, launched, status="done")
    clock.shows("2016-06-15")
    budget = [
        {"amount": "237000", "currency": "USD", "stage": "spent", "year": 2016, "source": "Regular fund"},
        {"amount": "500000", "currency": "USD", "stage": "planned", "year": 2016, "gender_responsive": True},
    ]
    await changed(admin, f"{path}/items/3.3.io1.a", status="under-way", budget=budget)
    await changed(admin, f"{path}/items/3.1.1.io1.a", status="done", responsible=["OAS (CIM)"])
    clock.shows("2016-11-20")
    await changed(admin, f"{path}/items/3.1.5.io3.b", status="dropped", note="No funds.")
    clock.shows("2017-01-10")
    sent = await admin.post("/v1/observations", content=observations(), headers=CSV)
    assert (sent.status_code, sent.json()["rejected"]) == (200, 0), sent.text
    judged = await admin.put(
        "/v1/indicators/cim-plan:3.1.4.fo1.i2/assigned-progress",
        params={"plan": plan, "period": "2016"},
        json={"status": "on-track", "reason": "Two of the four commitments of the year were kept."},
    )
    assert judged.status_code == 201, judged.text

    indicators = (await answered(admin, f"/v1/plans/{plan}/indicators", limit=500))["items"]
    assert len(indicators) == len(LINES) == 75
    assert [told(one) for one in indicators] == [[ref, status, share] for ref, _, status, share in LINES]
    assert all(one["reason"] for one in indicators)
    computed = Counter(one["status"] for one in indicators)
    assert computed == {
        "achieved": 7, "on-track": 10, "behind": 3, "off-track": 3, "no-change": 12, "regressed": 1,
        "not-computable": 39,
    }  # fmt: skip
    told_why = {one["indicator"].partition(":")[2]: one["reason"] for one in indicators}
    assert told_why["3.1.2.io1.b.i2"] == "No total was observed in the period, only parts."
    assert told_why["3.1.3.io2.a.i1"].startswith(
        "The target is for each country by itself, and values here are"
    )
    assert told_why["3.1.4.io2.b.i1"].startswith("The latest value is worse than the baseline, by 11.1 % of")
    assert told_why["3.2.io1.c.i1"] == "1 of 1 year observed met the target of 1 per year."
    [assigned] = [one for one in indicators if one["assigned"]]
    assert (assigned["status"], assigned["assigned"]["status"]) == ("not-computable", "on-track")

    found = await answered(admin, f"{path}/progress", by="quarter", as_of="2016-12-31")
    assert len(outputs) == 51
    assert (found["done"], found["under_way"], found["dropped"], found["counted"]) == (2, 1, 1, 50)
    assert found["share_done"] == 0.04
    assert [(one["period"], one["changes"], one["share_done"]) for one in found["quarters"]] == [
        ("2016-Q1", 1, 0.0196), ("2016-Q2", 2, 0.0392), ("2016-Q3", 0, 0.0392), ("2016-Q4", 1, 0.04),
    ]  # fmt: skip
    [total] = (await answered(admin, f"{path}/budget"))["totals"]
    assert (total["planned"], total["spent"], total["gender_responsive"]) == ("500000", "237000", "500000")


COUNTRY = """
step  measures  done  under way  dropped  share done
s1    8         5     2          0        0.625
s2    6         3     0          0        0.5
s3    13        3     2          0        0.2308
s4    11        1     1          1        0.1
s5    7         0     0          0        0
s6    6         0     1          0        0
all   51        12    6          1        0.24
"""
YEAR_OF_A_COUNTRY = {
    "2026-02-16": {"s1.a1.m1": "done", "s1.a1.m2": "done", "s1.a1.m3": "done", "s1.a2.m1": "under-way"},
    "2026-05-18": {"s1.a3.m1": "done", "s1.a3.m2": "done", "s2.a1.m1": "done", "s2.a1.m2": "done"},
    "2026-08-17": {
        "s1.a3.m3": "under-way", "s2.a1.m3": "done", "s3.a1.m1": "done", "s3.a1.m2": "done",
        "s3.a4.m1": "under-way",
    },
    "2026-11-16": {
        "s3.a5.m1": "done", "s3.a5.m2": "under-way", "s4.a1.m1": "done", "s4.a2.m1": "under-way",
        "s4.a3.m2": "dropped", "s6.a1.m2": "under-way",
    },
}  # fmt: skip


def table_of_steps(found: Found) -> list[str]:
    steps = [line for line in found["items"] if line["depth"] == 0]
    return [
        f"{line['ref']} {line['counted'] + line['dropped']} {line['done']} {line['under_way']} "
        f"{line['dropped']} {line['share_done']:g}"
        for line in [*steps, found | {"ref": "all"}]
    ]


async def test_the_six_steps_of_a_country(admin: httpx.AsyncClient, clock: Clock):
    clock.shows("2026-01-12")
    path = await drawn_up(admin, owner="CRI", start="2026-01-01", end="2026-12-31")
    set_up = {
        "option": 2,
        "body": "Inter-ministerial commission on the Compact",
        "members": [{"name": "National Institute of Women", "kind": "gender-ministry"}],
        "considered": ["existing-processes", "national-context", "institutional-capacities"],
    }
    made = await admin.put(f"{path}/set-up", json=set_up)
    assert all(check["met"] for check in made.json()["checks"])
    for day, statuses in YEAR_OF_A_COUNTRY.items():
        clock.shows(day)
        for ref, status in statuses.items():
            await changed(admin, f"{path}/items/{ref}", status=status)
        first = next(iter(statuses))
        await noted(admin, f"{path}/items/{first}", day, "Told the commission.")

    source = {
        "title": "Register of permits",
        "kind": "administrative-registry",
        "objectives": ["gcm:obj-1"],
        "disaggregations": ["sex", "age"],
        "sex_is_required": True,
        "is_protected": True,
    }
    mapped = await admin.post(f"{path}/data-sources", json=source)
    assert [gap["disaggregation"] for gap in mapped.json()["gaps"]] == ["nationality"]
    markers = [await intervention(admin, path, **facts) for facts in INTERVENTIONS]
    assert markers == ["A", "B", "C"]
    money = [{"amount": "120000000", "currency": "CRC", "stage": "planned", "year": 2026}]
    await changed(admin, f"{path}/items/s4.a2.m1", budget=money)
    said = {"on": "2026-05-05", "due": "2026-03-31", "submitted_on": "2026-03-30"}
    forum = await admin.put(f"{path}/forums/imrf/2026", json=said)
    assert (forum.json()["on_time"], forum.json()["preparation"][0]["status"]) == (True, "under-way")

    found = await answered(admin, f"{path}/progress", by="quarter")

    assert table_of_steps(found) == [" ".join(line.split()) for line in COUNTRY.strip().splitlines()[1:]]
    heard = ("period", "changes", "notes", "share_done")
    assert [tuple(one[name] for name in heard) for one in found["quarters"]] == [
        ("2026-Q1", 4, 1, 0.0588), ("2026-Q2", 4, 1, 0.1373), ("2026-Q3", 5, 1, 0.1961),
        ("2026-Q4", 7, 1, 0.24),
    ]  # fmt: skip
    assert [one["status"] for one in line_of(found, "s1.a2.m1")["quarters"]] == ["under-way"] * 4


BASE = {
    "objectives": ["gcm:obj-6"],
    "aim": "principal",
    "analysis": "Most domestic workers are women; no complaint came from one.",
    "needs": "Hearings on Sundays.",
    "stakeholders": [
        {"role": "implementing-partner", "organisation": "Union", "kind": "migrant-womens-organization"},
        {"role": "beneficiary", "organisation": "Domestic workers"},
    ],
    "indicators": [{"indicator": "sdg:5.2.2", "gender_specific": True}],
    "budget": [{"amount": "40000", "currency": "USD", "stage": "committed", "gender_responsive": True}],
}
INTERVENTIONS = (
    BASE | {"title": "Complaints of domestic workers"},
    BASE | {"title": "Portability of skills", "aim": "significant"},
    BASE | {"title": "Border posts", "aim": "significant", "indicators": [{"text": "Posts repaired"}]},
)


async def intervention(client: httpx.AsyncClient, path: str, **facts: Any) -> str:
    made = await client.post(f"{path}/interventions", json=facts)
    assert made.status_code == 201, made.text
    computed: str = made.json()["marker"]["computed"]
    return computed


MANDATE = """
activity  2026-Q3        2026-Q4        2027-Q1        2027-Q2        2027-Q3        notes
act-a     under-way/1    under-way/0    under-way/0    done/1         done/0         2
act-b     not-started/0  under-way/1    under-way/0    under-way/2    under-way/0    3
act-c     not-started/0  not-started/0  under-way/1    under-way/0    under-way/0    1
act-d     not-started/0  not-started/0  not-started/0  not-started/0  done/1         1
act-e     not-started/0  not-started/0  not-started/0  done/1         done/0         1
act-f     not-started/0  not-started/0  not-started/0  not-started/0  not-started/0  0
act-g     not-started/0  not-started/0  dropped/0      dropped/0      dropped/0      0
act-h     under-way/0    done/1         done/0         done/0         done/0         1
"""
WORK: list[tuple[str, str, str | None, str | None]] = [
    ("2026-09-14", "act-a", "under-way", "Read the Article 7 reports of 30 April."),
    ("2026-09-14", "act-h", "under-way", None),
    ("2026-11-18", "act-h", "done", "Side event at the Meeting of States Parties."),
    ("2026-12-02", "act-b", "under-way", "Asked three States for data by sex."),
    ("2027-02-10", "act-c", "under-way", "Advised one State on its work plan."),
    ("2027-03-03", "act-g", "dropped", None),
    ("2027-05-12", "act-a", "done", "All reports of the year were assessed."),
    ("2027-05-20", "act-b", None, "Met two States bilaterally."),
    ("2027-06-02", "act-b", None, "Two answers came in."),
    ("2027-06-16", "act-e", "done", "Session at the intersessional meetings."),
    ("2027-08-25", "act-d", "done", "Analysis submitted ahead of the Meeting."),
]


def table_of_activities(found: Found) -> list[str]:
    lines = [line for line in found["items"] if line["ref"].startswith("act-")]
    return [
        " ".join(
            [
                line["ref"],
                *(f"{one['status']}/{len(one['notes'])}" for one in line["quarters"]),
                str(sum(len(one["notes"]) for one in line["quarters"])),
            ]
        )
        for line in lines
    ]


async def test_the_activities_of_a_mandate_by_quarters(admin: httpx.AsyncClient, clock: Clock):
    clock.shows("2026-09-01")
    holders = [{"state": "XAA"}, {"state": "XBB"}]
    draft = {"framework": "ccm", "terms": "ccm-gfp-tor", "holders": holders}
    given = await admin.post("/v1/mandates", json=draft | {"from": "2026-09-01", "until": "2027-08-31"})
    path = f"/v1/plans/{given.json()['plan']}"
    for day, ref, status, text in WORK:
        clock.shows(day)
        if status is not None:
            await changed(admin, f"{path}/items/{ref}", status=status)
        if text is not None:
            await noted(admin, f"{path}/items/{ref}", day, text)
    clock.shows("2027-09-15")

    found = await answered(admin, f"{path}/progress", by="quarter")

    assert table_of_activities(found) == [" ".join(line.split()) for line in MANDATE.strip().splitlines()[1:]]
    assert [one["share_done"] for one in found["quarters"]] == [0.0, 0.125, 0.1429, 0.4286, 0.5714]
    assert (found["done"], found["dropped"], found["counted"], found["share_done"]) == (4, 1, 7, 0.5714)
    told_in_june = line_of(found, "act-b")["quarters"][3]["notes"]
    assert [note["text"] for note in told_in_june] == ["Met two States bilaterally.", "Two answers came in."]
