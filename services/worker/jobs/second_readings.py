from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.assessments import verdicts
from domain.assessments.actions import second_readings
from domain.assessments.asking import questions_for
from domain.assessments.verdicts import DaySpent, Limits, Question, Ruling, SecondReader
from schemas.jobs import HearSecondReader
from services.settings import Settings
from services.worker.judging import Answered, Away, Closed, Judge, NoOpinion, judge_for, prompt
from services.worker.runner import GiveUp, NotNow, Run

PHASE = "second-reading"


async def hear_second_reader(run: Run, order: HearSecondReader) -> None:
    """Ask about each finding that awaits an opinion. Wherever this ends, what was heard is kept."""
    settings = run.tools.settings
    if settings.judge_url is None:
        return
    reader = SecondReader(settings.judge_model, prompt().version)
    async with run.tools.sessions() as session:
        asked = await questions_for(session, order.assessment, reader)
    async with judge_for(settings) as judge:
        for number, question in enumerate(asked, start=1):
            await Turn(run, judge, reader, question, number, len(asked)).take()
    run.result = f"/v1/assessments/{order.assessment}"


@dataclass(frozen=True, slots=True)
class Turn:
    """One question to the second reader, `number` of `total`."""

    run: Run
    judge: Judge
    reader: SecondReader
    question: Question
    number: int
    total: int

    async def take(self) -> None:
        """Ask, and keep what comes of it. Raises NotNow or GiveUp when nothing can be asked at present."""
        if not await self._begin():
            return
        shown = verdicts.messages(prompt(), self.question)
        try:
            answer = await self.judge.ask(shown, verdicts.answer_schema(self.question))
        except Away as away:
            await self._went_without(away)
        except NoOpinion as none:
            await self._keep(Ruling(status=none.status, problem=str(none)), none.tokens)
        except Closed as closed:
            await self._keep(Ruling(status="unavailable", problem=str(closed)))
            raise GiveUp("judge-closed", str(closed)) from None
        else:
            await self._heard(answer)

    async def _begin(self) -> bool:
        now = self.run.tools.now()
        try:
            async with self.run.part(PHASE, self.number - 1, self.total) as session:
                return await second_readings.begin_call(
                    session, self.question, self.reader, limits_of(self.run.tools.settings), now=now
                )
        except DaySpent:
            raise NotNow(
                "What may be spent on the judge in one day has been spent.", until_tomorrow(now)
            ) from None

    async def _heard(self, answer: Answered) -> None:
        await self._keep(verdicts.read_answer(answer.content, self.question), answer.tokens)

    async def _keep(self, ruling: Ruling, tokens: int = 0) -> None:
        async with self.run.part(PHASE, self.number, self.total) as session:
            await second_readings.settle(
                session, self.question, self.reader, ruling, now=self.run.tools.now(), tokens=tokens
            )

    async def _went_without(self, away: Away) -> None:
        async with self.run.part(PHASE, self.number - 1, self.total) as session:
            settled = await second_readings.note_unanswered(
                session, self.question, self.reader, str(away), now=self.run.tools.now()
            )
        if not settled:
            raise NotNow(str(away), away.wait)


def limits_of(settings: Settings) -> Limits:
    return Limits(
        calls=settings.judge_most_calls,
        tokens=settings.judge_most_tokens,
        daily_calls=settings.judge_daily_calls,
        daily_tokens=settings.judge_daily_tokens,
    )


def until_tomorrow(now: datetime) -> timedelta:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1) - now
