"""What the filing State says of itself is its act; what another State says in the same report is heard."""

from __future__ import annotations

import httpx
import pytest

from tests.api.given import report
from tests.api.reviewing import case, finding
from tests.worker_in_process import Worker

SAID_BY_NORWAY = "Norway stated that 40 women had been trained as deminers in 2024."


@pytest.mark.parametrize(("state", "level"), [("NOR", 3), ("SWE", 0)])
async def test_a_sentence_counts_for_the_state_that_says_it(
    admin: httpx.AsyncClient, worker: Worker, state: str, level: int
):
    filed = await case(admin, worker, report(state, text=SAID_BY_NORWAY))

    assert finding(await filed.assessment(), "employment")["level"] == level
