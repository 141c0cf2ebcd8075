"""Going back before the last step, and the one independent second look after the end (DOMAIN: Endings)."""

from partnerflow.cases import clocks, left_out, proposals, responsibility, rounds, settling, talking
from partnerflow.cases.commands import Appeal as AppealCommand
from partnerflow.cases.commands import Recall
from partnerflow.cases.events import CaseAppealed, CaseRecalled, ClocksSet, OwnerChanged
from partnerflow.cases.model import Appeal, Case, CaseOutcome
from partnerflow.cases.view import Draft
from partnerflow.refusals import Refused


def recall(draft: Draft, command: Recall) -> None:
    """Back to assessment before the last of several steps begins, of one step until it is decided. The decision clock
    and what is held stay; what the deciders had asked the partner is no longer asked."""
    if last_step_begun(draft.case):
        raise Refused("wrong-state", "The last step has begun: it is decided now, or withdrawn.")
    rounds.end_clocks(draft, clocks.STEP)
    draft.emit(CaseRecalled(command.reason))
    talking.go_on_if_answered(draft)
    talking.told_partner(draft)


def last_step_begun(case: Case) -> bool:
    """Of several steps; the one step of a round can be recalled until it is decided."""
    step, last = case.step, case.round
    return bool(step and last and len(last.steps) > 1 and step.id == last.steps[-1].id)


def appeal(draft: Draft, command: AppealCommand) -> None:
    """Once, before ``appeal_until``: what was declined or left out is reserved anew, up to what is left, and decided by
    people who have not decided on it before."""
    case = draft.case
    _refuse_unappealable(draft)
    asked, draft.lines, draft.invoices, held = left_out.hold(case, draft.view)
    credited = case.outcome is CaseOutcome.CREDITED
    wanted = () if credited else case.wanted
    assert case.outcome is not None
    put = Appeal(
        command.text,
        draft.actor.name,
        draft.at,
        case.outcome,
        asked,
        proposals.shown(held, wanted, draft.view),
        case.proposal.legs if credited and case.proposal else (),
        case.held,
    )
    draft.emit(CaseAppealed(put, held))
    name_owner(draft)
    _start_clocks(draft)
    rounds.propose(draft, asked, held, by="policy", clause=case.clause, text=command.text)


def _refuse_unappealable(draft: Draft) -> None:
    case = draft.case
    if case.appeal or case.appeal_until is None:
        said = "It was appealed once already." if case.appeal else "There is nothing to appeal in it."
        raise Refused("case-closed", f"{case.ref} is closed ({case.outcome}). {said}")
    if draft.at >= case.appeal_until:
        raise Refused("window-closed", "The time to appeal is over; a note can still be added.")


def name_owner(draft: Draft) -> None:
    """Open again, with an owner who is there: whoever had it may have left since it was closed."""
    case, directory = draft.case, draft.view.directory
    owner = responsibility.owner(case, directory, draft.at)
    if owner.id != case.owner:
        stored = directory.people[case.owner]
        because = "role" if stored.present(draft.at) else "absence" if stored.active else "left"
        draft.emit(OwnerChanged(owner.id, case.owner, because))


def _start_clocks(draft: Draft) -> None:
    """A round of its own has a decision clock of its own, and its owner a first act."""
    view = draft.view
    seconds = view.policy.allowances["decision"] * clocks.MINUTE
    by = clocks.by_organisation(view.directory.operator.code)
    decision = clocks.start(clocks.DECISION, by, seconds, draft.at, view.directory, view.policy)
    draft.emit(ClocksSet((decision, talking.restarted_update(draft))))
    settling.owner_clock(draft, view.directory.people[draft.case.owner])
