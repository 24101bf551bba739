"""All tables, for migrations: importing this module makes `Base.metadata` complete."""

from __future__ import annotations

from domain import catalogue
from domain.access import models as access
from domain.agendas import models as agendas
from domain.assessments import models as assessments
from domain.base import Base
from domain.calendar import models as calendar
from domain.crosswalks import models as crosswalks
from domain.followup import models as followup
from domain.frameworks import models as frameworks
from domain.indicators import models as indicators
from domain.interventions import models as interventions
from domain.jobs import models as jobs
from domain.mappings import models as mappings
from domain.meetings import models as meetings
from domain.obligations import models as obligations
from domain.people import models as people
from domain.plans import models as plans
from domain.progress import models as progress
from domain.reminders import channels
from domain.reminders import models as reminders
from domain.returns import models as returns
from domain.states import models as states
from domain.submissions import models as submissions

NOUNS = (
    access, agendas, assessments, calendar, catalogue, channels, crosswalks, followup, frameworks, indicators,
    interventions, jobs, mappings, meetings, obligations, people, plans, progress, reminders, returns, states,
    submissions,
)  # fmt: skip

__all__ = ["NOUNS", "Base"]
