"""What can be done with assessments. Each verb runs inside its caller's transaction."""

from __future__ import annotations

from domain.assessments.actions.bring import bring_rubric, bring_thesaurus
from domain.assessments.actions.record import record
from domain.assessments.actions.review import decide, publish

__all__ = ["bring_rubric", "bring_thesaurus", "decide", "publish", "record"]
