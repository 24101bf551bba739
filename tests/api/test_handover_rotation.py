"""On the day of rotation the pack goes by the clocks of those who take the treaty's reports in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from tests.api.reminding import share_clock
from tests.worker_in_process import Worker


@pytest.mark.parametrize(
    ("framework", "terms", "begins"),
    [
        ("ccm", "ccm-gfp-tor", datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("oap", "ccm-gfp-tor", datetime(2027, 1, 1, tzinfo=UTC)),  # no rule says whose
    ],
)
async def test_a_mandate_is_in_force_from_midnight_there(
    app: FastAPI, admin: httpx.AsyncClient, worker: Worker, framework: str, terms: str, begins: datetime
):
    share_clock(app, worker)
    mandate = {"framework": framework, "terms": terms, "holders": [{"state": "XAA"}]}
    periods = [("2026-01-01", "2026-12-31"), ("2027-01-01", "2027-12-31")]

    async def given(since: str, until: str) -> str:
        made = await admin.post("/v1/mandates", json=mandate | {"from": since, "until": until})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    outgoing, incoming = [await given(*period) for period in periods]

    async def in_force(minute: datetime) -> list[bool]:
        worker.now = minute
        return [
            (await admin.get(f"/v1/mandates/{one}/handover")).json()["in_force"]
            for one in (outgoing, incoming)
        ]

    assert await in_force(begins - timedelta(minutes=1)) == [True, False]
    assert await in_force(begins) == [False, True]
