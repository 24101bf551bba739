"""The least that the same server can do: plain Starlette routes that return bytes from memory.

python -m bench.bare PORT FOLDER    # answers /NAME with the content of FOLDER/NAME, /not-modified with 304
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]


def fixed(content: bytes) -> Handler:
    async def answer(_: Request) -> Response:
        return Response(content, media_type="application/json")

    return answer


async def not_modified(_: Request) -> Response:
    return Response(status_code=304, headers={"etag": '"0123456789abcdef0123"'})


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    routes = [Route(f"/{file.name}", fixed(file.read_bytes())) for file in folder.iterdir()]
    app = Starlette(routes=[*routes, Route("/not-modified", not_modified)])
    uvicorn.run(app, port=port, log_config=None, access_log=False, server_header=False, proxy_headers=True)


if __name__ == "__main__":
    main()
