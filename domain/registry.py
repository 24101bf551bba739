"""All tables, for migrations: importing this module makes `Base.metadata` complete."""

from __future__ import annotations

from domain import catalogue
from domain.access import models as access
from domain.assessments import models as assessments
from domain.base import Base
from domain.crosswalks import models as crosswalks
from domain.frameworks import models as frameworks
from domain.jobs import models as jobs
from domain.mappings import models as mappings
from domain.meetings import models as meetings
from domain.states import models as states
from domain.submissions import models as submissions

NOUNS = (
    access, assessments, catalogue, crosswalks, frameworks, jobs, mappings, meetings, states, submissions,
)  # fmt: skip

__all__ = ["NOUNS", "Base"]
