"""The sample reports, filed against a running `make demo`: seconds from `/submit` to the assessment.

python -m bench.reports ADDRESS KEY [ROUNDS]      # e.g. http://127.0.0.1:8000 "$(cat var/admin.key)"
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import httpx

from services.cli.samples import REPORTS
from services.loading import SHIPPED

LIMIT = 3.0


def once(client: httpx.Client, state: str, name: str, media_type: str) -> float:
    """Files, submits, waits; withdraws again, so that the next round can file the same report."""
    metadata = json.dumps({"framework": "ccm", "state": state, "period": "2019"})
    content = (SHIPPED / "samples" / name).read_bytes()
    parts = {"metadata": (None, metadata, "application/json"), "file": (name, content, media_type)}
    submission = client.post("submissions", files=parts).raise_for_status().json()["id"]
    begun = time.perf_counter()
    client.post(f"submissions/{submission}/submit").raise_for_status()
    while client.get(f"submissions/{submission}/assessment").status_code != 200:
        time.sleep(0.01)
    seconds = time.perf_counter() - begun
    client.post(f"submissions/{submission}/withdraw").raise_for_status()
    return seconds


def main() -> None:
    address, key, *rest = sys.argv[1:]
    rounds = int(rest[0]) if rest else 5
    with httpx.Client(base_url=f"{address}/v1", headers={"Authorization": f"Bearer {key}"}) as client:
        for state, (name, media_type) in REPORTS.items():
            took = [once(client, state, name, media_type) for _ in range(rounds)]
            shown = f"min {min(took):.2f} median {statistics.median(took):.2f} max {max(took):.2f} s"
            print(f"{name:14} {shown}  (limit {LIMIT:g})")


if __name__ == "__main__":
    main()
