"""Reminder rules, and the ledger of what was sent."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from domain.reminders import actions, queries
from schemas.fields import Moment
from schemas.paging import Page
from schemas.reminders import (
    Cause,
    Delivery,
    DeliveryRecord,
    DeliveryStatus,
    ReminderRule,
    ReminderRuleChange,
    ReminderRuleDraft,
)
from services.api.dependencies import MeetingWriter, Now, SeenVersion, SeenVersionIfAny, Transaction
from services.api.exchange import Exchange
from services.api.paging import Paged
from services.api.tagging import tagged

router = APIRouter(tags=["meetings"], route_class=Exchange)


@router.post(
    "/reminder-rules",
    response_model=ReminderRule,
    status_code=201,
    summary="Have people told of something before or after its date",
    description="Every message that the rule asks for is entered in the ledger at once; a rule about a series"
    " or about all of a kind goes on to do so for what comes.",
)
async def make_rule(
    draft: ReminderRuleDraft, response: Response, session: Transaction, now: Now, _: MeetingWriter
) -> Any:
    rule = await actions.make_rule(session, draft, now=now)
    return tagged(rule, response, at=f"/v1/reminder-rules/{rule.id}")


@router.get("/reminder-rules", response_model=Page[ReminderRule], summary="Rules in force, newest first")
async def list_rules(
    pages: Paged,
    session: Transaction,
    _: MeetingWriter,
    entry: Annotated[
        UUID | None, Query(description="only those about this one thing: a meeting, an obligation, …")
    ] = None,
    series: Annotated[UUID | None, Query(description="only those about this series of meetings")] = None,
) -> dict[str, Any]:
    rows = await queries.rules_page(
        session, entry=entry, series=series, before=pages.after_id, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id)


@router.get(
    "/reminder-rules/{rule_id}",
    response_model=ReminderRule,
    summary="One rule, also if it was withdrawn",
)
async def read_rule(rule_id: UUID, response: Response, session: Transaction, _: MeetingWriter) -> Any:
    return tagged(await queries.find_rule(session, rule_id), response)


@router.patch(
    "/reminder-rules/{rule_id}",
    response_model=ReminderRule,
    summary="Change whom a rule tells, and when (`If-Match`)",
    description="What is not sent yet follows; what was sent stays in the ledger.",
)
async def change_rule(
    rule_id: UUID,
    change: ReminderRuleChange,
    response: Response,
    session: Transaction,
    now: Now,
    _: MeetingWriter,
    seen: SeenVersion,
) -> Any:
    rule = await queries.find_rule(session, rule_id, lock=True)
    seen.must_be(rule.etag)
    return tagged(await actions.change_rule(session, rule, change, now=now), response)


@router.delete(
    "/reminder-rules/{rule_id}",
    response_model=ReminderRule,
    summary="Withdraw a rule",
    description="What is not sent yet is skipped. The rule and its ledger stay to be read.",
)
async def withdraw_rule(
    rule_id: UUID,
    response: Response,
    session: Transaction,
    now: Now,
    _: MeetingWriter,
    seen: SeenVersionIfAny,
) -> Any:
    rule = await queries.find_rule(session, rule_id, lock=True)
    if seen is not None:
        seen.must_be(rule.etag)
    return tagged(await actions.withdraw_rule(session, rule, now=now), response)


@router.get(
    "/deliveries",
    response_model=Page[Delivery],
    summary="The ledger: what is planned, was sent, failed or was skipped",
)
async def list_deliveries(
    pages: Paged,
    session: Transaction,
    _: MeetingWriter,
    rule: Annotated[UUID | None, Query(description="only those of this reminder rule")] = None,
    entry: Annotated[UUID | None, Query(description="only those about this dated thing")] = None,
    meeting: Annotated[
        UUID | None, Query(description="only those about this meeting; the same as `entry`")
    ] = None,
    recipient: Annotated[
        str | None, Query(max_length=254, description="only those to this address or webhook, in any case")
    ] = None,
    status: Annotated[DeliveryStatus | None, Query(description="only those in this status")] = None,
    cause: Annotated[Cause | None, Query(description="only those that were planned for this cause")] = None,
    due_after: Annotated[Moment | None, Query(description="only those due from then on; inclusive")] = None,
    due_before: Annotated[Moment | None, Query(description="only those due until then; exclusive")] = None,
) -> dict[str, Any]:
    wanted = queries.Wanted(
        rule=rule,
        entries=tuple(one for one in (entry, meeting) if one is not None),
        recipient=recipient,
        status=status,
        cause=cause,
        due_after=due_after,
        due_before=due_before,
    )
    rows = await queries.deliveries(session, wanted, after=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.get(
    "/deliveries/{delivery_id}",
    response_model=DeliveryRecord,
    summary="One line of the ledger with its attempts",
)
async def read_delivery(delivery_id: UUID, session: Transaction, _: MeetingWriter) -> Any:
    return await queries.find_delivery(session, delivery_id)
