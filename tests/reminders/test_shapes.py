"""Which reminder rules are refused, and where they are wrong."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.reminders import ReminderRuleChange, ReminderRuleDraft

THING = "0198a000-0000-7000-8000-000000000001"


def rule(**changes: Any) -> dict[str, Any]:
    draft = {
        "subject": {"kind": "meeting", "id": THING},
        "offsets": ["-P7D", "-PT1H"],
        "recipients": [{"email": "focal.point@example.org"}],
    }
    return draft | changes


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"offsets": []}, "at least 1 item"),
        ({"offsets": ["P"]}, "match pattern"),
        ({"offsets": ["-7 days"]}, "match pattern"),
        ({"offsets": ["-P1M"]}, "match pattern"),
        ({"offsets": ["-P367D"]}, "at most 366 days"),
        ({"offsets": ["-P7D", "-P1W"]}, "two offsets name the same moment"),
        ({"recipients": []}, "at least 1 item"),
        ({"recipients": [{}]}, "name one of"),
        ({"recipients": [{"email": "nobody"}]}, "match pattern"),
        ({"recipients": [{"email": "a@example.org\nBcc: b@example.org"}]}, "match pattern"),
        ({"recipients": [{"email": "a@example.org"}, {"email": "A@example.org"}]}, "named twice"),
        ({"recipients": [{"email": "a@example.org", "role": "owner"}]}, "name one of"),
        ({"recipients": [{"committee": "gfp", "name": "Ana"}]}, "go with `email`"),
        ({"recipients": [{"role": "owner"}, {"role": "owner"}]}, "named twice"),
        ({"recipients": [{"email": "a@example.org", "time_zone": "Mars/Olympus"}]}, "not a time zone"),
        ({"channel": "sms"}, "'email' or 'webhook'"),
        ({"channel": "webhook"}, "recipients that are webhooks"),
        ({"recipients": [{"webhook": THING}]}, "recipients that are webhooks"),
        ({"working_hours": {"from": "09:00"}}, "Extra inputs"),
        ({"working_hours": {"start": "17:00", "end": "09:00"}}, "end after they start"),
        ({"subject": {"kind": "meeting"}}, "needs an `id`"),
        ({"subject": {"kind": "treaty", "id": THING}}, "Input should be"),
        ({"subject": {"kind": "obligations", "id": THING}}, "no `id`"),
        ({"subject": {"kind": "obligation", "id": THING, "state": "HRV"}}, "go with all of a kind"),
        ({"escalations": [{"offset": "P1D", "recipients": []}]}, "at least 1 item"),
        ({"escalations": [{"offset": "P1D", "recipients": [{"webhook": THING}]}]}, "that are webhooks"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(changes, complaint):
    with pytest.raises(ValidationError, match=complaint):
        ReminderRuleDraft.model_validate(rule(**changes))


def test_the_offsets_of_a_rule_stay_as_they_were_written():
    offsets = ["-P7D", "-PT1H", "P1W", "-P1DT2H30M", "PT90M", "P0D"]

    assert ReminderRuleDraft.model_validate(rule(offsets=offsets)).offsets == offsets


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({}, "at least one thing"),
        ({"offsets": None}, "only `working_hours` may be null"),
        ({"subject": {"kind": "meeting", "id": THING}}, "Extra inputs"),
        ({"channel": "webhook"}, "Extra inputs"),
    ],
)
def test_a_change_that_means_nothing_is_refused(change, complaint):
    with pytest.raises(ValidationError, match=complaint):
        ReminderRuleChange.model_validate(change)


def test_working_hours_may_be_taken_away():
    assert ReminderRuleChange.model_validate({"working_hours": None}).model_fields_set == {"working_hours"}
