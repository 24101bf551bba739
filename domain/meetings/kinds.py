"""Kinds of meetings: what asks for each, its usual rule and length, and its standing agenda. Data.

What a source asks for is cited. A weekday, a time of day or a length is nowhere asked for: those are what
is usual, and every meeting may have others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from domain.meetings.points import (
    ACTIVITIES,
    ANALYSIS,
    ASKED,
    EXCHANGE,
    FOCAL_POINTS_REPORT,
    FOLLOW_UP,
    IMPACT,
    INTRODUCTION,
    LESSONS,
    MATTERS_ARISING,
    NEXT_MEETING,
    OPENING,
    ORGANS,
    OTHER,
    PERFORMANCE,
    PERSPECTIVE,
    PLANNED,
    PROGRESS,
    REPORTS,
    STRATEGY,
    SUMMARIES,
    Point,
    Texts,
)
from schemas.meetings import MeetingKind, PlanKind


@dataclass(frozen=True, slots=True)
class Source:
    """What asks for meetings of a kind; `provision` where the catalogue has it."""

    text: str
    provision: str | None = None


@dataclass(frozen=True, slots=True)
class Companion:
    """A meeting that goes with another: `offset` after it in whole days, at a local time of day.

    `per_committee`: one for each committee of the framework.
    """

    kind: MeetingKind
    offset: str
    time: time
    per_committee: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """`rrule` is None where nothing says how often; `first_of_year` is added to a year's first agenda."""

    key: MeetingKind
    title: Texts
    source: Source | None
    duration_minutes: int
    framework: str | None = None
    rrule: str | None = None
    agenda: tuple[Point, ...] = ()
    first_of_year: tuple[Point, ...] = ()
    companions: tuple[Companion, ...] = ()

    @property
    def from_plan(self) -> bool:
        """Whether its dates follow from the period of a plan."""
        return self.key in OF_A_PLAN


def _tor(activity: str) -> Source:
    return Source(
        f"Terms of Reference of the Gender Focal Points, section 8 ({activity})",
        f"ccm-gfp-tor:act-{activity}",
    )


_CIM = "CIM Strategic Plan 2016-2021, section 4.7"

_ALL = (
    Kind(
        "gfp-quarterly",
        {
            "en": "Gender Focal Points: quarterly meeting",
            "fr": "Points focaux pour les questions de genre : réunion trimestrielle",
            "es": "Puntos focales de género: reunión trimestral",
        },
        Source(
            "Terms of Reference of the Gender Focal Points, section 6: quarterly", "ccm-gfp-tor:section-6"
        ),
        90,
        framework="ccm",
        rrule="FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE",
        agenda=(OPENING, MATTERS_ARISING, ACTIVITIES, PLANNED, OTHER, NEXT_MEETING),
    ),
    Kind(
        "additional",
        {
            "en": "Gender Focal Points: additional meeting",
            "fr": "Points focaux pour les questions de genre : réunion supplémentaire",
            "es": "Puntos focales de género: reunión adicional",
        },
        Source(
            "Terms of Reference of the Gender Focal Points, section 6: as necessary", "ccm-gfp-tor:section-6"
        ),
        60,
        framework="ccm",
        agenda=(OPENING, MATTERS_ARISING, OTHER),
    ),
    Kind(
        "coordination-committee",
        {
            "en": "Coordination Committee",
            "fr": "Comité de coordination",
            "es": "Comité de Coordinación",
        },
        Source(
            "Terms of Reference of the Gender Focal Points, section 8, last paragraph (progress and plans are"
            " shared); working paper on synergies, paragraph 14 (introduction at each year's first meeting)",
            "ccm-gfp-tor:section-8",
        ),
        120,
        framework="ccm",
        agenda=(OPENING, MATTERS_ARISING, FOCAL_POINTS_REPORT, OTHER, NEXT_MEETING),
        first_of_year=(INTRODUCTION,),
    ),
    Kind(
        "meeting-of-states-parties",
        {
            "en": "Meeting of States Parties",
            "fr": "Assemblée des États parties",
            "es": "Reunión de los Estados Partes",
        },
        _tor("d"),
        4 * 24 * 60,
        framework="ccm",
        agenda=(OPENING, ANALYSIS, SUMMARIES, OTHER),
        companions=(
            Companion("side-event", "P1D", time(13, 15)),
            Companion("plenary-summary", "P1D", time(10), per_committee=True),
        ),
    ),
    Kind(
        "side-event",
        {
            "en": "Gender side event",
            "fr": "Manifestation parallèle sur le genre",
            "es": "Acto paralelo sobre género",
        },
        _tor("h"),
        75,
        framework="ccm",
        agenda=(OPENING, EXCHANGE, FOLLOW_UP),
    ),
    Kind(
        "plenary-summary",
        {
            "en": "Plenary section: summary of the gender analysis",
            "fr": "Partie de la plénière : résumé de l'analyse de genre",
            "es": "Sección del plenario: resumen del análisis de género",
        },
        _tor("d"),
        15,
        framework="ccm",
        agenda=(SUMMARIES,),
    ),
    Kind(
        "intersessional",
        {
            "en": "Intersessional side meeting",
            "fr": "Réunion parallèle intersessions",
            "es": "Reunión paralela entre períodos de sesiones",
        },
        _tor("e"),
        75,
        framework="ccm",
        agenda=(OPENING, EXCHANGE, FOLLOW_UP),
    ),
    Kind(
        "dialogue",
        {
            "en": "Regional or national dialogue",
            "fr": "Dialogue régional ou national",
            "es": "Diálogo regional o nacional",
        },
        _tor("f"),
        2 * 24 * 60,
        framework="ccm",
        agenda=(OPENING, PERSPECTIVE, EXCHANGE, FOLLOW_UP),
    ),
    Kind(
        "bilateral",
        {"en": "Bilateral meeting", "fr": "Réunion bilatérale", "es": "Reunión bilateral"},
        _tor("b"),
        60,
        framework="ccm",
        agenda=(OPENING, ASKED, FOLLOW_UP),
    ),
    Kind(
        "mesecvi-conference",
        {
            "en": "Conference of States Parties to the Belém do Pará Convention",
            "fr": "Conférence des États parties à la Convention de Belém do Pará",
            "es": "Conferencia de los Estados Parte de la Convención de Belém do Pará",
        },
        Source("MESECVI Strategic Plan, action 1.1: dialogue between the organs", "mesecvi-plan:1.1"),
        2 * 24 * 60,
        framework="belem-do-para",
        agenda=(OPENING, MATTERS_ARISING, REPORTS, ORGANS, OTHER),
    ),
    Kind(
        "mesecvi-experts",
        {
            "en": "Committee of Experts of the MESECVI",
            "fr": "Comité d'experts du MESECVI",
            "es": "Comité de Expertas del MESECVI",
        },
        Source("MESECVI Strategic Plan, action 1.3: meetings of the CEVI", "mesecvi-plan:1.3"),
        2 * 24 * 60,
        framework="belem-do-para",
        agenda=(OPENING, MATTERS_ARISING, REPORTS, ORGANS, OTHER),
    ),
    Kind(
        "mesecvi-organ",
        {
            "en": "Meeting of organs of the MESECVI",
            "fr": "Réunion d'organes du MESECVI",
            "es": "Reunión de órganos del MESECVI",
        },
        Source("MESECVI Strategic Plan, action 1.2: indicators for hemispheric reports", "mesecvi-plan:1.2"),
        24 * 60,
        framework="belem-do-para",
        agenda=(OPENING, MATTERS_ARISING, ORGANS, OTHER),
    ),
    Kind(
        "monitoring-plan",
        {
            "en": "Monitoring and evaluation plan",
            "fr": "Plan de suivi et d'évaluation",
            "es": "Plan de monitoreo y evaluación",
        },
        Source(f"{_CIM}, second paragraph: during the first four months"),
        120,
        framework="cim-plan",
        agenda=(OPENING, PERFORMANCE, FOLLOW_UP),
    ),
    Kind(
        "annual-review",
        {"en": "Annual review", "fr": "Revue annuelle", "es": "Revisión anual"},
        Source(f"{_CIM}, second paragraph: annual reviews"),
        24 * 60,
        framework="cim-plan",
        rrule="FREQ=YEARLY",
        agenda=(OPENING, MATTERS_ARISING, PROGRESS, FOLLOW_UP),
    ),
    Kind(
        "mid-term-evaluation",
        {"en": "Mid-term evaluation", "fr": "Évaluation à mi-parcours", "es": "Evaluación de medio término"},
        Source(f"{_CIM}, third paragraph: end of the third year"),
        24 * 60,
        framework="cim-plan",
        agenda=(OPENING, PROGRESS, STRATEGY, LESSONS),
    ),
    Kind(
        "external-evaluation",
        {
            "en": "Independent external evaluation",
            "fr": "Évaluation externe indépendante",
            "es": "Evaluación externa independiente",
        },
        Source(f"{_CIM}, fourth paragraph: one year after the formal conclusion"),
        24 * 60,
        framework="cim-plan",
        agenda=(OPENING, IMPACT, LESSONS),
    ),
    Kind(
        "evaluation",
        {"en": "Evaluation", "fr": "Évaluation", "es": "Evaluación"},
        Source(_CIM),
        24 * 60,
        agenda=(OPENING, PROGRESS, LESSONS),
    ),
    Kind(
        "other",
        {"en": "Meeting", "fr": "Réunion", "es": "Reunión"},
        None,
        60,
        agenda=(OPENING, MATTERS_ARISING, OTHER),
    ),
)

KINDS: dict[str, Kind] = {kind.key: kind for kind in _ALL}

OF_A_PLAN: tuple[PlanKind, ...] = (
    "monitoring-plan",
    "annual-review",
    "mid-term-evaluation",
    "external-evaluation",
)
"""Kinds whose dates follow from the period of a plan."""


def standing_points(kind: str, day: date, earlier: Sequence[date]) -> tuple[Point, ...]:
    """The standing agenda of a meeting on `day`; `earlier` are the days of others of its kind.

    What belongs to a year's first meeting stands after the opening.
    """
    found = KINDS[kind]
    first = not any(other.year == day.year and other < day for other in earlier)
    if not first or not found.first_of_year:
        return found.agenda
    return (*found.agenda[:1], *found.first_of_year, *found.agenda[1:])
