"""What a second reader's server may answer, and what is made of it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from services.settings import Settings
from services.worker.judging import LONGEST_ANSWER, Answered, Away, Closed, NoOpinion, endpoint, judge_for
from tests.worker.judge_server import Call, JudgeServer, completion

MESSAGES = [
    {"role": "system", "content": "Judge."},
    {"role": "user", "content": '{"criterion": {"title": "A"}}'},
]
SCHEMA = {"type": "object"}


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[JudgeServer]:
    server = JudgeServer()
    async with server.open():
        yield server


@pytest.fixture
def judge(running: JudgeServer) -> JudgeServer:
    running.calls.clear()
    return running


async def ask(server: JudgeServer, answer: Any, **settings: Any) -> Answered:
    """What the judge hands over when its server answers so."""
    server.answer = lambda call: answer
    async with judge_for(Settings(judge_url=server.url, judge_model="reader-1", **settings)) as judge:
        return await judge.ask(MESSAGES, SCHEMA)


async def test_the_server_is_asked_in_the_protocol_with_a_schema_and_the_key(judge: JudgeServer):
    answered = await ask(judge, completion("Well …", tokens=321), judge_key=SecretStr("sesame"))

    assert answered == Answered("Well …", 321)
    assert judge.calls == [
        Call(
            {
                "model": "reader-1",
                "messages": MESSAGES,
                "temperature": 0,
                "max_tokens": 1_000,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "verdict", "strict": True, "schema": SCHEMA},
                },
            },
            "Bearer sesame",
            before=0,
        )
    ]


async def test_without_a_key_none_is_sent_and_what_it_cost_may_go_unsaid(judge: JudgeServer):
    said = {"choices": [{"message": {"content": "Well …"}}]}

    assert await ask(judge, JSONResponse(said)) == Answered("Well …", 0)
    assert judge.calls[0].authorization is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 529])
async def test_some_refusals_pass(judge: JudgeServer, status: int):
    with pytest.raises(Away, match=f"answered {status}") as away:
        await ask(judge, Response(status_code=status))

    assert away.value.wait == timedelta()


@pytest.mark.parametrize(
    ("asked", "granted"),
    [("900", 900), ("0", 0), ("999999", 3_600), ("9" * 400, 0), ("-1", 0), ("²", 0), ("soon", 0)],
)
async def test_a_server_may_ask_for_an_hour_of_patience_and_no_more(
    judge: JudgeServer, asked: str, granted: int
):
    with pytest.raises(Away) as away:
        await ask(judge, Response(status_code=429, headers={"Retry-After": asked.encode().decode("latin-1")}))

    assert away.value.wait == timedelta(seconds=granted)


@pytest.mark.parametrize("status", [401, 403, 404, 405])
async def test_others_are_of_every_call(judge: JudgeServer, status: int):
    with pytest.raises(Closed, match=f"answered {status}"):
        await ask(judge, Response(status_code=status))


async def test_the_key_does_not_follow_a_redirection(judge: JudgeServer):
    with pytest.raises(Closed, match="answered 307"):
        await ask(judge, RedirectResponse(f"{judge.url}/v1/chat/completions"), judge_key=SecretStr("sesame"))

    assert len(judge.calls) == 1


@pytest.mark.parametrize(
    ("answer", "status", "problem", "tokens"),
    [
        (Response(status_code=400), "unavailable", "answered 400", 0),
        (Response(status_code=204), "unavailable", "answered 204", 0),
        (PlainTextResponse("<html>"), "malformed", "not a chat completion", 0),
        (JSONResponse({"choices": []}), "malformed", "not a chat completion", 0),
        (JSONResponse({"error": "overloaded"}), "malformed", "not a chat completion", 0),
        (completion("x", tokens=-5), "malformed", "not a chat completion", 0),
        (Response(gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}), "malformed", "not a chat", 0),
        (completion("x" * LONGEST_ANSWER), "malformed", "longer than 262,144", 0),
        (StreamingResponse(iter([b"{" * 50_000] * 6)), "malformed", "longer than 262,144", 0),
        (completion('{"level"', finish="length"), "malformed", "cut off at 1000", 100),
        (completion("", refusal="I cannot help with that."), "refused", "declined", 100),
        (completion("", finish="content_filter"), "refused", "declined", 100),
    ],
)
async def test_an_answer_may_be_none_and_cost_all_the_same(
    judge: JudgeServer, answer: Response, status: str, problem: str, tokens: int
):
    with pytest.raises(NoOpinion, match=problem) as none:
        await ask(judge, answer)

    assert (none.value.status, none.value.tokens) == (status, tokens)


async def test_a_server_has_so_many_seconds_for_the_whole_of_an_answer(judge: JudgeServer):
    async def drop_by_drop() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    with pytest.raises(Away, match=r"did not answer within 0\.1 s"):
        await ask(judge, StreamingResponse(drop_by_drop()), judge_seconds=0.1)


async def test_a_server_that_is_not_there_may_come_back():
    with pytest.raises(Away, match=r"could not be reached \(ConnectError\)"):
        await ask(JudgeServer(), None)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/chat/completions"),
        ("https://judge.example.org/v1", "https://judge.example.org/v1/chat/completions"),
        ("https://judge.example.org/openai/v1/", "https://judge.example.org/openai/v1/chat/completions"),
        ("https://judge.example.org/v1/chat/completions", "https://judge.example.org/v1/chat/completions"),
        ("https://judge.example.org/v1?version=2", "https://judge.example.org/v1/chat/completions?version=2"),
    ],
)
def test_the_address_may_be_that_of_the_server_or_of_the_endpoint(given: str, asked: str):
    assert endpoint(given) == asked
