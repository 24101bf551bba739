from __future__ import annotations

from inspect import iscoroutinefunction

from services.worker import timetable


def test_whatever_is_done_by_the_clock_has_a_turn_of_its_own_in_every_hour():
    done = {
        f"here:{name.replace('_', '-')}"
        for name, found in vars(timetable).items()
        if iscoroutinefunction(found) and found.__module__ == timetable.__name__
    }

    jobs = timetable.timetable("here")

    assert {job.name for job in jobs} == done
    assert len({job.minute for job in jobs}) == len(jobs) > 1
