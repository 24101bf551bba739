"""Standing points of agendas, in three languages. Data."""

from __future__ import annotations

from dataclasses import dataclass

Texts = dict[str, str]
"""In English, French and Spanish, by language."""


@dataclass(frozen=True, slots=True)
class Point:
    """A standing point of an agenda."""

    key: str
    title: Texts


def point(key: str, en: str, fr: str, es: str) -> Point:
    return Point(key, {"en": en, "fr": fr, "es": es})


OPENING = point(
    "opening",
    "Opening and adoption of the agenda",
    "Ouverture et adoption de l'ordre du jour",
    "Apertura y aprobación del programa",
)
MATTERS_ARISING = point(
    "matters-arising",
    "Decisions and action items of earlier meetings",
    "Décisions et mesures à prendre issues des réunions précédentes",
    "Decisiones y medidas pendientes de reuniones anteriores",
)
ACTIVITIES = point(
    "activities",
    "Progress on the activities of the mandate",
    "État d'avancement des activités du mandat",
    "Avances en las actividades del mandato",
)
PLANNED = point("planned-activities", "Planned activities", "Activités prévues", "Actividades previstas")
OTHER = point("other-business", "Any other business", "Questions diverses", "Otros asuntos")
NEXT_MEETING = point(
    "next-meeting", "Date of the next meeting", "Date de la prochaine réunion", "Fecha de la próxima reunión"
)
INTRODUCTION = point(
    "introduction-of-focal-points",
    "Introduction of the gender focal points",
    "Présentation des points focaux pour les questions de genre",
    "Presentación de los puntos focales de género",
)
FOCAL_POINTS_REPORT = point(
    "focal-points-progress",
    "Gender focal points: progress and planned activities",
    "Points focaux pour les questions de genre : progrès et activités prévues",
    "Puntos focales de género: avances y actividades previstas",
)
ANALYSIS = point(
    "analysis",
    "Analysis of the information reported and of trends in gender mainstreaming",
    "Analyse des informations communiquées et des tendances en matière d'intégration du genre",
    "Análisis de la información presentada y de las tendencias en la transversalización del género",
)
SUMMARIES = point(
    "plenary-summaries",
    "Summary and recommendations by each committee, in its section of the plenary",
    "Résumé et recommandations de chaque comité, dans sa partie de la plénière",
    "Resumen y recomendaciones de cada comité, en su sección del plenario",
)
EXCHANGE = point(
    "exchange",
    "Exchange of information on progress and challenges",
    "Échange d'informations sur les progrès et les difficultés",
    "Intercambio de información sobre avances y dificultades",
)
PERSPECTIVE = point(
    "gender-perspective",
    "A gender perspective in the implementation of the treaty",
    "La perspective de genre dans l'application du traité",
    "La perspectiva de género en la aplicación del tratado",
)
FOLLOW_UP = point("follow-up", "Follow-up", "Suivi", "Seguimiento")
ASKED = point(
    "information-asked",
    "Information reported, and what is asked for beside it",
    "Informations communiquées et compléments demandés",
    "Información presentada y aclaraciones solicitadas",
)
REPORTS = point(
    "reports-of-parties",
    "Reports of the States Parties and the indicators of progress",
    "Rapports des États parties et indicateurs de progrès",
    "Informes de los Estados Partes e indicadores de progreso",
)
ORGANS = point(
    "dialogue-of-organs",
    "Dialogue between the organs of the Mechanism",
    "Dialogue entre les organes du Mécanisme",
    "Diálogo entre los órganos del Mecanismo",
)
PERFORMANCE = point(
    "performance-measurement",
    "Performance measurement frameworks: indicators, baselines, sources",
    "Cadres de mesure des résultats : indicateurs, données de référence, sources",
    "Marcos de medición del desempeño: indicadores, líneas de base, fuentes",
)
PROGRESS = point(
    "progress",
    "Progress towards outputs and outcomes; problems and limitations",
    "Progrès vers les produits et les effets ; problèmes et limites",
    "Avances hacia los productos y resultados; problemas y limitaciones",
)
STRATEGY = point(
    "strategy",
    "Efficacy of the strategy of execution, and corrections",
    "Efficacité de la stratégie d'exécution et corrections",
    "Eficacia de la estrategia de ejecución y correcciones",
)
LESSONS = point("lessons", "Lessons learned", "Enseignements tirés", "Lecciones aprendidas")
IMPACT = point(
    "impact",
    "Long-term impact and sustainability",
    "Impact à long terme et pérennité",
    "Impacto a largo plazo y sostenibilidad",
)
