from __future__ import annotations

from domain.suggestions.tasks import Proposed, Task


def suggest(task: Task) -> Proposed:
    """What `engine.suggest` proposes. Raises NothingToCompare.

    For a child process: whoever hands the work over does not load the libraries that only the work needs,
    which are many times as large as everything else that the worker holds.
    """
    from domain.suggestions import engine  # noqa: PLC0415

    return engine.suggest(task)
