"""Orders and functions belong together, one to one."""

from __future__ import annotations

from schemas.jobs import Order
from services.worker.jobs import JOBS


def test_every_order_has_a_function_and_every_function_an_order():
    assert {order.kind for order in Order.__subclasses__()} == set(JOBS)
    assert all(shape.kind == kind for kind, (shape, _) in JOBS.items())


def test_functions_are_named_like_their_orders():
    assert all(work.__name__ == kind.replace("-", "_") for kind, (_, work) in JOBS.items())
