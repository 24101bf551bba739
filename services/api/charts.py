"""Charts as the caller wants them: JSON, a drawing, or the table behind it."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from domain.charts import svg, tables
from schemas.charts import Chart
from services.api.accepts import JSON, acceptable
from services.api.papers import attachment
from services.api.problems import NotAcceptable

SVG, CSV = "image/svg+xml", "text/csv"
KINDS = (JSON, SVG, CSV)

ALSO: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in (SVG, CSV)}}
}
"""What routes that answer charts say of themselves, beside JSON."""

ALONE = "default-src 'none'"
"""A drawing loads nothing and runs nothing, and is not to begin with it on our behalf."""


async def kind_wanted(request: Request) -> str:
    """Raises NotAcceptable, before anything is read."""
    found = acceptable(", ".join(request.headers.getlist("accept")), *KINDS)
    if found is None:
        raise NotAcceptable(f"A chart is one of {', '.join(KINDS)}.", formats=list(KINDS))
    return found


def path_of(request: Request) -> str:
    """Of what is asked for, without the name under which the caller knows this service."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def answered(
    response: Response, chart: Chart, kind: str, *, name: str, caching: str = "private"
) -> Chart | Response:
    headers = {
        "Vary": "Accept, Accept-Language",
        "Content-Language": chart.language,
        "Cache-Control": caching,
        "Link": ", ".join(f'<{chart.path}>; rel="alternate"; type="{one}"' for one in KINDS if one != kind),
    }
    if kind == SVG:
        return Response(
            svg.written(chart), headers=headers | {"Content-Security-Policy": ALONE}, media_type=SVG
        )
    if kind == CSV:
        headers["Content-Disposition"] = attachment(f"{name}.csv")
        return Response(tables.written(chart), headers=headers, media_type=f"{CSV}; charset=utf-8")
    response.headers.update(headers)
    return chart
