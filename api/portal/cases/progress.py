"""The stage line: where a case has been, is, and goes from here."""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.cases.model import Case, CaseOutcome, Stage

WAY = (Stage.ASSESSMENT, Stage.APPROVAL, Stage.REMEDY, Stage.PASSING_ON, Stage.CLOSED)
FRUITLESS = (CaseOutcome.DECLINED, CaseOutcome.WITHDRAWN, CaseOutcome.CANCELLED)


@dataclass(frozen=True, slots=True)
class Place:
    """``state`` is done, now, or ahead; ``at`` when it was reached, where the record says so."""

    stage: str
    state: str
    at: datetime | None = None
    note: str = ""


def stages(case: Case) -> list[Place]:
    """Received, then the stages; those a case that ended early never reached are left out."""
    here = WAY.index(case.stage)
    last = case.round.no if case.round else 0
    step = _step(case)
    found = [Place("received", "done", case.opened_at)]
    for index, stage in enumerate(WAY):
        if case.outcome in FRUITLESS and stage in (Stage.REMEDY, Stage.PASSING_ON):
            continue
        if stage is Stage.PASSING_ON and len(case.legs) == 1:
            continue
        if stage is Stage.APPROVAL and not last and index < here:
            continue
        state = "done" if index < here or not case.open else "now" if index == here else "ahead"
        note = step if stage is Stage.APPROVAL and state == "now" else ""
        at = case.closed_at if stage is Stage.CLOSED else None
        name = case.outcome.value if stage is Stage.CLOSED and case.outcome else stage.value
        found.append(Place(name, state, at, note))
    return found


def _step(case: Case) -> str:
    if case.round is None or case.step is None:
        return ""
    names = [each.id for each in case.round.steps]
    return f"{names.index(case.step.id) + 1}/{len(names)}" if case.step.id in names else ""
