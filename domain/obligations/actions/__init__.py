"""What can be done with what States owe. Each verb runs inside its caller's transaction."""

from __future__ import annotations

from domain.obligations.actions.cycles import load_schedules, put_cycle
from domain.obligations.actions.opening import keep_up, look_again
from domain.obligations.actions.settling import Filing, decide, meet, take_back

__all__ = ["Filing", "decide", "keep_up", "load_schedules", "look_again", "meet", "put_cycle", "take_back"]
