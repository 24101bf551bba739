"""Mapping sets are brought whole; single mappings are stated and reviewed."""

from domain.mappings.actions.bring import Brought, Outcome, bring
from domain.mappings.actions.lock import GRAPH
from domain.mappings.actions.review import SINGLE_STATEMENTS, review, state

__all__ = ["GRAPH", "SINGLE_STATEMENTS", "Brought", "Outcome", "bring", "review", "state"]
