"""The demonstration: three sample reports, filed through the API as any client would."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from services.cli import tables
from services.loading import SHIPPED

PERIOD = "2024"
REPORTS = {
    "XAA": ("xaa-2024.pdf", "application/pdf"),
    "XBB": (
        "xbb-2024.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "XCC": ("xcc-2024.txt", "text/plain"),
}
SERIES = {
    "title": "Gender Focal Points' quarterly meeting",
    "framework": "ccm",
    "rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE",
    "time_zone": "Europe/Zurich",
    "anchor": "2026-03-04T10:00:00",
    "duration_minutes": 90,
}
REMINDERS = ["-P14D", "-P1D"]
RECIPIENTS = [{"email": "focal.points@example.org", "language": "en"}]
PATIENCE = 120.0
WIDTH = 118


def show(address: str, secret: str) -> None:
    """File what is not filed yet, wait for the worker, and print what came out."""
    with httpx.Client(
        base_url=f"{address}/v1", headers={"Authorization": f"Bearer {secret}"}, timeout=30
    ) as client:
        console = Console(width=WIDTH, highlight=False)
        for state in REPORTS:
            _show_report(client, console, state)
        _show_meetings(client, console)


def _get(client: httpx.Client, path: str, **parameters: Any) -> Any:
    return client.get(path, params=parameters).raise_for_status().json()


def _show_report(client: httpx.Client, console: Console, state: str) -> None:
    submission = _filed(client, state)
    assessment = _assessed(client, submission, _handed_in(client, submission))
    title = f"\n{state} · {submission['documents'][0]['name']} · {', '.join(assessment['languages'])} · "
    console.print(tables.findings_table(title + assessment["rubric"], assessment["findings"]))
    console.print(tables.gaps_table(assessment["findings"]))
    crosswalks = _get(client, f"submissions/{submission['id']}/crosswalk")
    console.print(tables.crosswalk_table(crosswalks["items"]))


def _filed(client: httpx.Client, state: str) -> dict[str, Any]:
    wanted = {"framework": "ccm", "state": state, "period": PERIOD}
    known = _get(client, "submissions", **wanted)["items"]
    standing: list[dict[str, Any]] = [item for item in known if item["status"] != "withdrawn"]
    return standing[0] if standing else _file(client, state, wanted)


def _handed_in(client: httpx.Client, submission: dict[str, Any]) -> str | None:
    """The job that assesses it, when it is handed in only now."""
    if submission["status"] != "draft":
        return None
    answer = client.post(f"submissions/{submission['id']}/submit").raise_for_status()
    return str(answer.json()["id"])


def _file(client: httpx.Client, state: str, metadata: dict[str, str]) -> dict[str, Any]:
    name, media_type = REPORTS[state]
    content = (Path(SHIPPED) / "samples" / name).read_bytes()
    answer = client.post(
        "submissions",
        files={
            "metadata": (None, json.dumps(metadata), "application/json"),
            "file": (name, content, media_type),
        },
        headers={"Idempotency-Key": f"sample-{state}-{PERIOD}"},
    )
    filed: dict[str, Any] = answer.raise_for_status().json()
    return filed


def _assessed(client: httpx.Client, submission: dict[str, Any], job: str | None) -> dict[str, Any]:
    """The assessment, once the worker has made it. Raises RuntimeError when it cannot, or not in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = client.get(f"submissions/{submission['id']}/assessment")
        if answer.status_code == 200:
            assessment: dict[str, Any] = answer.json()
            return assessment
        if job is not None and (ended := _get(client, f"jobs/{job}"))["status"] == "failed":
            raise RuntimeError(f"The report of {submission['state']}: {ended['problem']['detail']}")
        time.sleep(0.2)
    raise RuntimeError(f"The report of {submission['state']} was not assessed within {PATIENCE:g} s.")


def _show_meetings(client: httpx.Client, console: Console) -> None:
    series = _series(client)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    meetings = _get(client, "meetings", series=series["id"], start_after=now, limit=4)["items"]
    rows = [(meeting, _get(client, "deliveries", meeting=meeting["id"])["items"]) for meeting in meetings]
    console.print(tables.meetings_table(rows))


def _series(client: httpx.Client) -> dict[str, Any]:
    known = _get(client, "meeting-series", framework="ccm")["items"]
    for series in known:
        if series["title"] == SERIES["title"]:
            found: dict[str, Any] = series
            return found
    made: dict[str, Any] = client.post("meeting-series", json=SERIES).raise_for_status().json()
    rule = {
        "subject": {"kind": "meeting-series", "id": made["id"]},
        "offsets": REMINDERS,
        "recipients": RECIPIENTS,
    }
    client.post("reminder-rules", json=rule).raise_for_status()
    return made
