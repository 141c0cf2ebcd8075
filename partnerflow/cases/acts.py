"""What the commands of people and services do that need no room of their own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from partnerflow.calendars import add, local_text
from partnerflow.cases import (
    agreeing,
    chasing,
    clocks,
    commands,
    external_notes,
    payouts,
    proposals,
    remedies,
    responsibility,
    rounds,
    settling,
    talking,
    vat_checks,
)
from partnerflow.cases.events import CaseCancelled, CasePassedOn, CaseWithdrawn, ClocksMoved
from partnerflow.cases.model import Clock, ClockState, LegShown, PassThrough, Stage
from partnerflow.cases.money_commands import ConfirmNote
from partnerflow.cases.view import Draft
from partnerflow.people import Directory
from partnerflow.refusals import Refused


def withdraw(draft: Draft, command: commands.Withdraw) -> None:
    remedy = draft.case.remedy
    begun = (remedies.CANCEL_UPSTREAM, remedies.ISSUE)
    if draft.case.stage is Stage.REMEDY and remedy and any(remedy.done(act) for act in begun):
        raise Refused(
            "wrong-state", "The order is cancelled upstream already; it can no longer be withdrawn."
        )
    proposals.release(draft)
    draft.emit(CaseWithdrawn(command.reason))


def escalate(draft: Draft, command: commands.Escalate) -> None:
    """The partner pulls the rung shown as next: once per stage, after half its allowance, with a reason."""
    case = draft.case
    clock = responsibility.climbing_clock(case)
    if clock is None or clock.exhausted or not _somebody_above(draft, clock):
        raise Refused("wrong-state", "There is nobody above to take it to.")
    if case.stage.value in case.pulled:
        raise Refused("wrong-state", "You took this stage up once already; the next rung comes by itself.")
    if clock.state is not ClockState.RUNNING:
        raise Refused("wrong-state", "The clock is paused: your answer is awaited.")
    whole = takes_up_from(clock, draft.view.directory)
    if draft.at < whole:
        zone = clocks.calendar_of(draft.view.directory, clock.measured_by).zone
        words = f"You can take this up from {local_text(whole, zone)} on."
        raise Refused("too-early", words, **{"from": f"{whole:%Y-%m-%dT%H:%M:%SZ}"})
    if not command.reason.strip():
        raise Refused("reason-required", "Say why you take it up.", pointer="/reason")
    settling.fire(draft, clock, draft.at, command.reason, pulled=True)


def takes_up_from(clock: Clock, directory: Directory) -> datetime:
    """When half of a running clock's allowance is used, in whole seconds (DOMAIN: Ladder)."""
    calendar = clocks.calendar_of(directory, clock.measured_by)
    since = clock.resumed_at or clock.started_at
    half = add(calendar, since, max(0, clock.allowance // 2 - clock.used))
    return half + timedelta(microseconds=-half.microsecond % 1_000_000)


def _somebody_above(draft: Draft, clock: Clock) -> bool:
    view = draft.view
    climbed = responsibility.climb(draft.case, clock.name, clock.rung, view.policy, view.directory, draft.at)
    return climbed[1] is not None


def propose(draft: Draft, command: commands.Propose) -> None:
    """Ends the assessment. Who proposes is then excluded from deciding."""
    case = draft.case
    if command.version is not None and command.version != case.version:
        raise Refused(
            "stale-version", "The case has changed since you read it: read it again.", now=str(case.version)
        )
    talking.go_on_without_answers(draft)
    cited = agreeing.cite(case, command.facts) if command.facts else rounds.decisive_facts(draft.case)
    portions = proposals.due(command.portions, command.terms)
    held = proposals.change_hold(draft, portions, may_raise=case.appeal is None, terms=command.terms)
    legs = proposals.shown(held, case.to_supply, draft.view)
    _refuse_nothing_left(legs, command)
    vat_checks.refuse(case, draft.view, legs)
    proposals.check_settlement(legs, case.settlement, draft.view)
    rounds.propose(
        draft,
        portions,
        held,
        by=draft.actor.name,
        clause=command.clause,
        text=command.text,
        root_cause=command.root_cause,
        facts=cited,
        terms=command.terms,
    )


def _refuse_nothing_left(legs: Sequence[LegShown], command: commands.Propose) -> None:
    if command.terms.fees and legs[0].credit.net <= 0:
        raise Refused("invalid-amount", "The fees leave nothing to credit.", pointer="/fees")


def confirm(draft: Draft, command: commands.ConfirmPassThrough) -> None:
    """The reseller's account shows it: this closes the case."""
    external_notes.refuse_passing_on(draft.case)
    if command.at > draft.at + timedelta(minutes=5):
        raise Refused("invalid-date", "It cannot have been passed on in the future.", pointer="/at")
    chasing.advance(draft)
    payouts.leave_to_hand(draft)
    passed = PassThrough(command.how, command.reference, command.at, draft.actor.name)
    draft.emit(CasePassedOn(passed))
    remedies.close(draft)


def confirm_note(draft: Draft, command: ConfirmNote) -> None:
    """What another issuer's note states is credited; the last note ends an order of one leg."""
    external_notes.confirm(draft, command)
    if draft.case.stage is Stage.PASSING_ON and not external_notes.waiting(draft.case):
        remedies.end_vat_clock(draft)
    if external_notes.last_confirmed(draft.case):
        remedies.close(draft)


def close(draft: Draft, command: commands.CloseCase) -> None:
    proposals.release(draft)
    reason = f"Duplicate of {command.duplicate_of}." if command.duplicate_of else "Made void by the desk."
    draft.emit(CaseCancelled(reason, command.root_cause, command.duplicate_of))


def due(_: Draft, __: commands.CaseDue) -> None:
    """Settling was all there was to do."""


def record(draft: Draft, command: commands.RecordAction) -> None:
    _same_round(draft, command.round)
    remedies.record(draft, command.action, command.reference)


def issue(draft: Draft, command: commands.IssueNotes) -> None:
    _same_round(draft, command.round)
    if remedies.issue(draft) and command.payments:
        payouts.intend(draft)


def fail(draft: Draft, command: commands.FailRemedy) -> None:
    _same_round(draft, command.round)
    remedies.fail(draft, command.because)


def retry(draft: Draft, command: commands.RetryRemedy) -> None:
    remedies.retry(draft, command.round)


def _same_round(draft: Draft, number: int) -> None:
    if draft.case.remedy is None or draft.case.remedy.round != number:
        raise Refused("wrong-state", f"Round {number} has no remedy.")


def adopt_policy(draft: Draft, command: commands.AdoptPolicy) -> None:
    """Clocks of open cases follow a published policy, and keep what they used (DOMAIN: Pauses)."""
    case, view = draft.case, draft.view
    policy = view.adopting
    assert policy is not None
    if case.clock_policy_version == command.version:
        return
    changed = tuple(
        clocks.moved(clock, seconds, draft.at, view.directory, policy)
        for clock in case.clocks
        if (seconds := clocks.allowance_in(clock, view.policy, policy)) != clock.allowance
        and clock.state in (ClockState.RUNNING, ClockState.PAUSED)
    )
    draft.emit(ClocksMoved(command.version, changed))
