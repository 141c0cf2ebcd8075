"""Deciding a step: rights, versions, four eyes and limits are checked inside the deciding transaction.

Checks run in the order of the API: right, state, version, four eyes and limit, then the rules. DOMAIN: Approvals.
"""

from dataclasses import asdict, replace

from partnerflow.cases import agreeing, clocks, handing, proposals, responsibility, rounds, talking
from partnerflow.cases.commands import AskPartner, DecideStep
from partnerflow.cases.differences import differences
from partnerflow.cases.events import ClocksSet, ProposalLowered, RungSuperseded, StepDecided
from partnerflow.cases.grounds import Authority
from partnerflow.cases.model import Case, Decision, Proposal, Step, StepStatus
from partnerflow.cases.parts import RUNG
from partnerflow.cases.view import Draft
from partnerflow.credits.portions import Portion
from partnerflow.credits.trims import spread
from partnerflow.policy.terms import DeclineReason, StepMode
from partnerflow.refusals import Refused


def decide_step(draft: Draft, command: DecideStep) -> None:
    step, stored = _mine(draft, command)
    if command.version != version(draft.case, step):
        raise _stale(draft.case, step, command)
    _refuse_participant(draft, step)
    match command.decision:
        case "ask":
            talking.ask_partner(draft, AskPartner(_text(command)))
        case "pass_on":
            _refuse_late(draft, step, stored)
            handing.pass_on(draft, step, stored, command)
        case "redirect":
            _refuse_late(draft, step, stored)
            _text(command)
            handing.redirect_step(draft, step, stored, command)
        case "decline":
            agreeing.refuse_disputed(draft.case)
            _decline(draft, step, command, stored)
        case _:
            _refuse_above_limit(draft, step)
            agreeing.refuse_disputed(draft.case)
            _refuse_unconfirmed(draft.case, command)
            _approve(draft, step, command, stored)


def version(case: Case, step: Step) -> str:
    """What an approval binds: the proposal's version within its round; notes and mails do not change it."""
    number = step.id.rsplit("-", 2)[1]
    return f"{number}.{case.proposal.version if case.proposal else 0}"


def step_of(case: Case, step_id: str) -> Step | None:
    return next((step for r in case.rounds for step in r.steps if step.id == step_id), None)


def _mine(draft: Draft, command: DecideStep) -> tuple[Step, str | None]:
    """The step and the stored decider this person answers for; refuses what is not theirs, or not pending."""
    case, person = draft.case, draft.actor.person
    step = step_of(case, command.step)
    if step is None:
        raise Refused("not-found", "There is no such approval.")
    stored = None
    if person:  # also of a decided step: who came second hears who was first
        stored = responsibility.stored_for(case, step, person, draft.view.directory, draft.at) or _in_time(
            draft, step
        )
    known = person in responsibility.excluded(case, draft.view.directory) or _ever(case, step, person)
    if stored is None and not known:
        raise Refused("forbidden", "This step is not yours to decide.")
    if not case.open:
        raise Refused("case-closed", f"{case.ref} is closed.")
    if step.status is not StepStatus.PENDING:
        again = step.status is StepStatus.WAITING and command.version != version(case, step)
        raise _stale(case, step, command) if again else Refused("already-decided", _decided_by(draft, step))
    if stored in responsibility.answered(step) and not _takes_part(draft, step):
        raise Refused("already-decided", _decided_by(draft, step, stored))
    if stored is None and not _takes_part(draft, step):
        raise Refused("forbidden", f"This step is no longer yours: {_who_has(draft, step)} has it now.")
    return step, stored


def _takes_part(draft: Draft, step: Step) -> bool:
    """Refused for it further on, with the sentence that says so."""
    person = draft.actor.person
    out = responsibility.excluded(draft.case, draft.view.directory, step)
    return person in out or any(decision.by == person for decision in step.decisions)


def _who_has(draft: Draft, step: Step) -> str:
    found = responsibility.deciders(draft.case, step, draft.view.directory, draft.at)
    return ", ".join(person.name for person in found) or "nobody"


def _ever(case: Case, step: Step, person: str | None) -> bool:
    if person in responsibility.had_before(case, step):
        return True
    return any(person in holder.persons for holder in step.holders) or any(
        d.by == person for d in step.decisions
    )


def _in_time(draft: Draft, step: Step) -> str | None:
    """Whose step it was until its due instant, or who stood in for them, may still decide what was received by then."""
    person, at = draft.actor.person, draft.at
    for holder in step.holders:
        if person and holder.until and holder.since <= at <= holder.until:
            then = replace(step, holders=(holder,), rung=0)
            if stored := responsibility.stored_for(draft.case, then, person, draft.view.directory, at):
                return stored
    return None


def _decided_by(draft: Draft, step: Step, seat: str | None = None) -> str:
    """Who answered the step last, or for this stored decider."""
    found = [d for d in step.decisions if seat is None or seat in (d.by, d.instead_of)]
    if not found:
        return "This step is no longer open."
    last = found[-1]
    people = draft.view.directory.people
    who = people[last.by].name if last.by in people else "the policy"
    return f"{who} decided this step already ({last.what.replace('_', ' ')})."


def _stale(case: Case, step: Step, command: DecideStep) -> Refused:
    now = version(case, step)
    found = differences(case, _seen(case, command.version))
    words = " ".join(f"{each.what}: {each.before} is now {each.now}." for each in found)
    return Refused(
        "stale-version",
        f"What you saw has changed since (you saw {command.version}, it is now {now}): read it again. {words}".strip(),
        now=now,
        difference=[asdict(each) for each in found],
    )


def _seen(case: Case, stated: str) -> Proposal | None:
    """The proposal behind the version somebody read; None if there never was one."""
    number = stated.rpartition(".")[2]
    return next((p for p in reversed(case.earlier) if str(p.version) == number), None)


def _refuse_participant(draft: Draft, step: Step) -> None:
    if draft.actor.person in responsibility.excluded(draft.case, draft.view.directory, step):
        raise Refused(
            "four-eyes",
            "You asked for, proposed, benefit from or already decided on this; somebody else must decide.",
        )
    if any(decision.by == draft.actor.person for decision in step.decisions):
        raise Refused("already-decided", "You decided this step already.")


def _compared(draft: Draft, step: Step) -> Authority | None:
    """The limit is compared with the aggregate and binds the last step, which grants; earlier steps endorse."""
    last = draft.case.round
    person = draft.view.directory.people.get(draft.actor.person or "")
    if last is None or person is None or last.steps[-1].id != step.id:
        return None
    return Authority(person.limit, last.aggregate)


def _refuse_above_limit(draft: Draft, step: Step) -> None:
    compared = _compared(draft, step)
    if compared and compared.limit is not None and compared.aggregate > compared.limit:
        raise Refused("limit-exceeded", "This is above your authority limit; pass it on or let it climb.")


def _refuse_late(draft: Draft, step: Step, stored: str | None) -> None:
    """A decision in time counts although a rung has fired since; nobody hands on what they no longer have."""
    if stored not in step.deciders:
        raise Refused("forbidden", f"This step is no longer yours: {_who_has(draft, step)} has it now.")


def _refuse_unconfirmed(case: Case, command: DecideStep) -> None:
    """An amount on a line credited by quantity is shown as such, and the decider confirms it (DOMAIN: Money)."""
    put = case.proposal.portions if case.proposal else ()
    converting = {portion.line_no for portion in put if portion.by_amount and portion.convert}
    if command.portions:
        unconfirmed = (p for p in command.portions if p.by_amount and not p.convert)
        converting &= {portion.line_no for portion in unconfirmed}
    if converting and not command.convert:
        raise Refused(
            "convert-required",
            f"Line {min(converting)} is credited by quantity; confirm the amount instead with convert: true.",
            line_no=min(converting),
        )


def _text(command: DecideStep) -> str:
    if not (command.text or "").strip():
        raise Refused("reason-required", "Say why in text: the partner reads it.", pointer="/text")
    return command.text or ""


def _decline(draft: Draft, step: Step, command: DecideStep, stored: str | None) -> None:
    text = _text(command)
    if command.reason_code not in set(DeclineReason):
        raise Refused(
            "reason-required", "Give a reason_code: " + ", ".join(DeclineReason), pointer="/reason_code"
        )
    _record(draft, step, command, stored, final=True)
    talking.told_partner(draft)
    rounds.decline(draft, command.reason_code or "", text)


def _approve(draft: Draft, step: Step, command: DecideStep, stored: str | None) -> None:
    if command.decision == "approve_partial":
        _lower(draft, command)
    final = _enough(step, stored)
    _record(draft, step, command, stored, final=final)
    if (command.text or "").strip():
        talking.told_partner(draft)
    if not final:
        return
    case = draft.case
    assert case.round is not None
    following = next((s for s in case.round.steps if s.status is StepStatus.WAITING), None)
    if following is None:
        rounds.grant(draft)
        return
    talking.go_on_without_answers(draft)
    rounds.start_step(draft, following)


def _enough(step: Step, stored: str | None) -> bool:
    """Whether this answer ends the step: one of any, everyone of all, n. Whoever a rung named, or got it from them,
    decides alone; an answer in time from those before counts with theirs. Every stored decider answers once, so what
    counts are answers, whoever has the seat by now."""
    place = next((n for n, h in reversed([*enumerate(step.holders)]) if stored in h.persons), 0)
    if any(holder.named_by == RUNG for holder in step.holders[: place + 1]):
        return True
    seats = len(step.holders[place].persons)
    needed = {StepMode.ANY: 1, StepMode.ALL: seats, StepMode.N: step.needed}[StepMode(step.mode)]
    return len(step.decisions) + 1 >= needed


def _lower(draft: Draft, command: DecideStep) -> None:
    """Approve in part: by lines, or one amount spread in proportion to the net shown; never more than shown."""
    case = draft.case
    assert case.proposal is not None
    portions = _asked_portions(draft, command)
    held = proposals.change_hold(draft, portions, may_raise=False)
    before = case.proposal
    legs = proposals.shown(held, case.to_supply, draft.view)
    if not legs[0].credit.net and before.legs[0].credit.net:
        raise Refused("invalid-amount", "Nothing would be credited: decline it, with your reason.")
    lower = replace(
        before, version=before.version + 1, portions=portions, legs=legs, at=draft.at, lowered=True
    )
    draft.emit(ProposalLowered(lower, held))


def _asked_portions(draft: Draft, command: DecideStep) -> tuple[Portion, ...]:
    case = draft.case
    assert case.proposal is not None
    if command.amount is None and not command.portions:
        raise Refused("invalid-parameter", "Say what you approve: lines, or one amount.", pointer="/lines")
    if command.amount is None:
        return command.portions
    held = case.held[case.main_leg]
    shown = [replace(row, net=row.net - row.fee) for row in held]
    rows = spread(command.amount, shown, case.currency, convert=command.convert)
    return tuple(
        replace(
            row,
            amount=(row.amount or 0) + kept.fee,
            convert=before.convert or row.convert,
            exception=before.exception,
            clause=before.clause,
        )
        for row, before, kept in zip(rows, case.proposal.portions, held, strict=True)
    )


def _came_for(step: Step, stored: str | None) -> str | None:
    """Whom a decider who took over from an absent one stands for."""
    return step.holders[-1].stands_for.get(stored or "") if step.holders else None


def _record(draft: Draft, step: Step, command: DecideStep, stored: str | None, *, final: bool) -> None:
    instead = stored if stored != draft.actor.person else _came_for(step, stored)
    cited = agreeing.cite(draft.case, command.facts)
    answer = Decision(
        draft.actor.name,
        draft.at,
        command.decision,
        command.text,
        command.reason_code,
        instead,
        cited,
        authority=_compared(draft, step) if command.decision.startswith("approve") else None,
    )
    if final and step.rung and stored and stored not in step.deciders:
        draft.emit(RungSuperseded(step.id, step.rung))
    draft.emit(StepDecided(step.id, answer, final))
    if final and (clock := draft.case.clock(clocks.STEP)):
        draft.emit(ClocksSet((clocks.done(clock),)))
