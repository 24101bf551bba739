"""Work promised to the worker: the orders it is given, and a job as clients see it.

An order carries identifiers, never content: the worker reads the rows as they are when it runs.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.fields import Outgoing
from schemas.observations import ImportWishes


class Queue(StrEnum):
    """Documents are read one at a time per worker, and opinions are long waits for somebody else's server.

    Editions are compared where documents are read. Files of observations may take many minutes, and stand in
    nobody's way but each other's. Everything else is quick and runs side by side.
    """

    DOCUMENTS = "documents"
    OPINIONS = "opinions"
    IMPORTS = "imports"
    ERRANDS = "errands"


class Order(BaseModel):
    """What the worker is asked to do. Every order has one function of the same name in the worker."""

    model_config = ConfigDict(frozen=True)

    kind: ClassVar[str]
    queue: ClassVar[Queue] = Queue.ERRANDS
    max_attempts: ClassVar[int] = 8


class AssessSubmission(Order):
    """Read a submission's documents, assess them by the rubric of its framework, derive the crosswalk."""

    kind = "assess-submission"
    queue = Queue.DOCUMENTS
    max_attempts = 4

    submission: UUID
    revision: int


class HearSecondReader(Order):
    """Ask a second reader about the findings of an assessment. Its server may be away for hours."""

    kind = "hear-second-reader"
    queue = Queue.OPINIONS
    max_attempts = 1_000

    assessment: UUID


class AssessCycle(Order):
    """Have the reports of a framework, of one period or all, assessed by the newest: a part for each."""

    kind = "assess-cycle"

    framework: str
    period: str | None


class SuggestMappings(Order):
    """Propose mappings between the latest editions of two frameworks, or for one provision of the first."""

    kind = "suggest-mappings"
    queue = Queue.DOCUMENTS
    max_attempts = 4

    source: str
    target: str
    only: str | None
    most: int
    headings: Literal["both", "from", "to", "none"]
    mapped: bool


class DeriveCrosswalks(Order):
    """Derive anew what was derived from mappings as they were: a part for each report.

    The database promises it by itself, in the transaction that changes what mappings connect.
    """

    kind = "derive-crosswalks"


class DeriveCrosswalk(Order):
    """Derive the crosswalks of one assessment anew."""

    kind = "derive-crosswalk"

    assessment: UUID


class ImportObservations(Order):
    """Read a file that was sent in parts, and write its observations."""

    kind = "import-observations"
    queue = Queue.IMPORTS
    max_attempts = 4

    upload: UUID
    digest: str
    wishes: ImportWishes
    key: UUID | None
    name: str
    state: str | None


class PlanReminders(Order):
    """Enter in the ledger what rules ask for about these entries: it is more than fits a request."""

    kind = "plan-reminders"
    max_attempts = 1_000

    entries: list[UUID]


class SendReminder(Order):
    """Send one delivery of the ledger. Promised by the release before; nothing promises it any more."""

    kind = "send-reminder"
    max_attempts = 1_000

    delivery: UUID


JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class Progress(Outgoing):
    done: int = Field(description="steps or parts that have ended, those that failed among them")
    failed: int = Field(description="parts that failed; the others and the whole go on without them")
    total: int | None
    phase: str | None


class Job(Outgoing):
    """Long work, and how far it is.

    A job of many parts succeeds when all of them have ended; those that failed are counted in its progress
    and listed by `?part_of=…&status=failed`.
    """

    id: UUID
    kind: str
    part_of: UUID | None = Field(description="the larger job that this is a part of")
    status: JobStatus
    progress: Progress
    result: str | None = Field(description="link to what came out, once succeeded")
    problem: dict[str, Any] | None = Field(description="problem details, once failed")
    attempts: int
    created: datetime
    started: datetime | None
    finished: datetime | None
