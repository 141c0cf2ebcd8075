"""Who has it: owner, accountable manager, deciders, the next rung. Derived for an instant, never guessed.

DOMAIN: Who, Ladder, Approvals ("Never").
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from partnerflow import people
from partnerflow.cases.clocks import DECISION, PASS_THROUGH, STEP
from partnerflow.cases.model import Case, Clock, Stage, Step, StepStatus
from partnerflow.cases.parts import ROUTE
from partnerflow.people import Directory, Person, Role
from partnerflow.policy.document import Policy
from partnerflow.policy.terms import DECIDING_ROLES, MANAGER, StepMode


def owner(case: Case, directory: Directory, at: datetime) -> Person:
    """The effective owner; the fallback people guarantee one (the last of them cannot leave). Whoever is there without
    a role in which cases are worked on is none; who left is followed by their successor all the same."""
    stored = directory.people[case.owner]
    here = stored.present(at)
    if here and works_on_cases(stored):
        return stored
    others = (person for person in directory.of(stored.organisation) if here or person.id != stored.id)
    out = [person.id for person in others if not works_on_cases(person)]
    return people.effective(directory, case.owner, Role.CASE_MANAGER, case.scope, at, out) or stored


def works_on_cases(person: Person) -> bool:
    """Whether a role of theirs may own or decide; admins only set up."""
    return bool(person.roles & set(DECIDING_ROLES))


def accountable_manager(case: Case, directory: Directory, at: datetime) -> Person | None:
    return people.accountable(directory, owner(case, directory, at).id, at)


def distributor_contact(case: Case, directory: Directory, at: datetime) -> Person | None:
    """The distributor's desk for this case; the owner when the distributor operates (DOMAIN: Who)."""
    if case.distributor is None:
        return None
    if directory.organisations[case.distributor].operator:
        return owner(case, directory, at)
    desk = sorted((p for p in directory.of(case.distributor) if Role.DESK in p.roles), key=lambda p: p.name)
    covered = people.all_covering(directory, Role.DESK, case.scope, at)
    named = next((p for p in covered if p.organisation == case.distributor), None)
    present = next((p for p in desk if p.present(at)), None)
    return named or present or people.fallback(directory, case.distributor, at) or next(iter(desk), None)


def exposure_owner(case: Case, directory: Directory, at: datetime) -> Person:
    """Who answers for what the distributor waits for upstream: its contact, else the case's owner (DOMAIN: Legs)."""
    return distributor_contact(case, directory, at) or owner(case, directory, at)


def partner_people(case: Case, directory: Directory) -> tuple[Person, ...]:
    """Whom the partner's mails go to: the colleague it was handed to, else who opened it, or for whom."""
    partner = case.reseller or case.distributor
    for asked in (*reversed(case.handed), case.opened_for or case.requester):
        person = directory.people.get(asked)
        if person and person.active and person.organisation == partner:
            return (person,)
    role = Role.BUYER if case.reseller else Role.DESK
    found = people.first_contact(directory, partner or "", role)
    return (found,) if found else ()


def beneficiaries(case: Case, directory: Directory) -> frozenset[str]:
    """Everyone of an organisation that receives money on a leg decided here: a distributor that operates only claims
    its leg from the vendor (DOMAIN: Who)."""
    receiving = {case.reseller, case.distributor if len(case.legs) > 1 or not case.reseller else None}
    receiving.discard(directory.operator.code)
    return frozenset(p.id for p in directory.people.values() if p.organisation in receiving)


def excluded(case: Case, directory: Directory, step: Step | None = None) -> frozenset[str]:
    """Who must never decide here: who asked or proposed, beneficiaries, whoever decided another step of the round."""
    out = set(_asked(case)) | {put.by for put in (*case.earlier, case.proposal) if put}
    if case.round and case.round.state == "open":
        others = (s for s in case.round.steps if step is None or s.id != step.id)
        out.update(person for s in others for d in s.decisions for person in (d.by, d.instead_of) if person)
    if case.appeal:
        out.update(_decided_before(case))
    return frozenset(out) | beneficiaries(case, directory)


def _asked(case: Case) -> Iterator[str]:
    """Who sent the request, for whom, and who asked for its exception or appealed."""
    excepted = case.exception and case.exception.by
    found = (case.requester, case.opened_for, *case.handed, excepted, case.appeal and case.appeal.by)
    return (person for person in found if person)


def _decided_before(case: Case) -> set[str]:
    """Nobody decides an appeal who decided before (DOMAIN: Endings)."""
    earlier = (r for r in case.rounds if not r.appeal)
    decided = (d for r in earlier for s in r.steps for d in s.decisions)
    return {person for d in decided for person in (d.by, d.instead_of) if person}


def unnamable(case: Case, directory: Directory, step: Step | None = None) -> frozenset[str]:
    """Whom no step and no rung of it names: the excluded, whoever answered it already, and those who are only admin
    (FAULTS: "Who may do what")."""
    admins = (p.id for p in directory.people.values() if p.roles == {Role.ADMIN})
    voted = (d.by for d in step.decisions) if step else ()
    return excluded(case, directory, step) | frozenset(admins) | frozenset(voted)


def entitled(step: Step, person: Person) -> bool:
    """Whether a stored decider still is one: active and, where the route names a role, still in it. A rung,
    a delegate and whoever it was handed to decide whatever their role. Checked inside the deciding transaction."""
    by_route = bool(step.holders) and step.holders[-1].named_by == ROUTE and step.rung == 0
    named = roles_of(step) if by_route else ()
    return person.active and (bool(person.roles & set(named)) if named else works_on_cases(person))


def had_before(case: Case, step: Step) -> tuple[str, ...]:
    """Who had the step before its round began again."""
    return next((r.had.get(step.id, ()) for r in case.rounds if any(s.id == step.id for s in r.steps)), ())


def roles_of(step: Step) -> tuple[Role, ...]:
    """The roles a step names; none where it names persons."""
    return step.roles or ((step.role,) if step.role else ())


def answered(step: Step) -> frozenset[str]:
    """The stored deciders whose answer is there, by themselves or by who stood in for them."""
    return frozenset(person for d in step.decisions for person in (d.by, d.instead_of) if person)


def seats(case: Case, step: Step, directory: Directory, at: datetime) -> dict[str, Person]:
    """Who answers for each stored decider: they, who stands in for them, or who answered already. Where several must
    agree nobody answers for two: it takes as many natural persons as there are seats."""
    apart = step.mode != StepMode.ANY
    here = (
        p for p in step.deciders if directory.people[p].present(at) and entitled(step, directory.people[p])
    )
    taken, found = set(here) if apart else set(), {}
    for stored in step.deciders:
        voted = next((d.by for d in step.decisions if stored in (d.by, d.instead_of)), None)
        by = directory.people.get(voted or "")
        person = by or _answers_for(case, step, stored, directory, at, taken - {stored})
        if person and person.present(at):
            found[stored] = person
            taken |= {person.id} if apart else set()
    return found


def _answers_for(
    case: Case, step: Step, stored: str, directory: Directory, at: datetime, taken: set[str]
) -> Person | None:
    known = directory.people[stored]
    out = unnamable(case, directory, step) | taken | (frozenset() if entitled(step, known) else {stored})
    role = next(iter(roles_of(step)), Role.CHANNEL_MANAGER)
    return people.effective(directory, stored, role, case.scope, at, out)


def deciders(case: Case, step: Step, directory: Directory, at: datetime) -> tuple[Person, ...]:
    """The effective deciders of a step by name: stored ones, or who stands in for them; never an excluded person."""
    return _by_name(seats(case, step, directory, at).values())


def awaited(case: Case, step: Step, directory: Directory, at: datetime) -> tuple[Person, ...]:
    """Those of the deciders who have not answered yet; for our own people only, for it shows who has."""
    there = answered(step)
    found = seats(case, step, directory, at).items()
    return _by_name(person for stored, person in found if stored not in there)


def _by_name(found: Iterable[Person]) -> tuple[Person, ...]:
    unique = {person.id: person for person in found}
    return tuple(sorted(unique.values(), key=lambda person: person.name))


def stored_for(case: Case, step: Step, person: str, directory: Directory, at: datetime) -> str | None:
    """Which stored decider of the step this person is, or stands in for, first one who is still to answer: also of an
    answered one, so that who comes second hears who was first. None: not theirs to decide."""
    known = directory.people.get(person)
    own = [person] if known and person in step.deciders and entitled(step, known) else []
    unanswered = replace(step, decisions=())
    found = (*seats(case, step, directory, at).items(), *seats(case, unanswered, directory, at).items())
    mine = [*own, *(stored for stored, who in found if who.id == person)]
    return min(mine, key=lambda stored: stored in answered(step), default=None)


def awaits(case: Case, step: Step, person: str, directory: Directory, at: datetime) -> bool:
    """Whether the step still waits for this person's answer."""
    stored = stored_for(case, step, person, directory, at)
    return step.status is StepStatus.PENDING and stored is not None and stored not in answered(step)


def climbing_clock(case: Case) -> Clock | None:
    """The clock whose rung is shown as next: the step's in approval, else the decision's or the pass-through's."""
    name = {Stage.APPROVAL: STEP, Stage.ASSESSMENT: DECISION, Stage.PASSING_ON: PASS_THROUGH}.get(case.stage)
    return case.clock(name) if name else None


def holders(case: Case, clock: str) -> tuple[str, ...]:
    """Who has what the clock measures: the step's deciders, else the owner."""
    if clock == STEP and case.step:
        return case.step.deciders
    return (case.owner,)


def rung_person(
    case: Case, rung: str, directory: Directory, at: datetime, base: Iterable[str], out: frozenset[str]
) -> Person | None:
    """Whom a rung names when it fires: a role by coverage, or the manager of whoever has it; the absent and the
    excluded are skipped."""
    held = tuple(base)
    if rung != MANAGER:
        return people.covering(directory, Role(rung), case.scope, at, excluded=out | set(held))
    for person in held:
        for manager in people.managers(directory, person):
            found = people.stand_in(directory, manager.id, at, out | set(held))
            if found:
                return found
    return None


def climb(
    case: Case, clock: str, rung: int, policy: Policy, directory: Directory, at: datetime
) -> tuple[int, Person | None]:
    """The next rung from ``rung`` that names somebody: (its number from 1, the person); where the last one names
    nobody the executive's manager, then nobody: (number of rungs, None)."""
    step = case.step if clock == STEP else None
    out = unnamable(case, directory, step) if step else frozenset[str]()
    base = holders(case, clock)
    rungs = policy.ladder(clock).rungs
    for index in range(rung, len(rungs)):
        person = rung_person(case, rungs[index], directory, at, base, out)
        if person:
            return index + 1, person
    top = above_the_top(case, directory, at, out | set(base)) if rung < len(rungs) else None
    return len(rungs), top


def above_the_top(case: Case, directory: Directory, at: datetime, out: frozenset[str]) -> Person | None:
    """The executive's manager, where nobody at the top may have it (DOMAIN: Approvals)."""
    where = (case.scope.country, case.scope.family, case.scope.tier)
    tops = (row.person for row in directory.coverage if row.fits(Role.EXECUTIVE, *where))
    above = (manager for top in tops for manager in people.managers(directory, top))
    found = (people.stand_in(directory, manager.id, at, out) for manager in above)
    return next((person for person in found if person), None)


def executive(case: Case, directory: Directory, at: datetime) -> Person | None:
    """Whom the top of a ladder pages: the executive, else the executive's manager, else a fallback person."""
    covered = people.covering(directory, Role.EXECUTIVE, case.scope, at)
    above = covered or above_the_top(case, directory, at, frozenset())
    return above or people.fallback(directory, directory.operator.code, at)


def next_rung(
    case: Case, policy: Policy, directory: Directory, at: datetime
) -> tuple[Person, datetime] | None:
    """Who gets it next and when it happens by itself; None at the top, while paused, and in remedy."""
    clock = climbing_clock(case)
    if clock is None or clock.due_at is None or clock.exhausted:
        return None
    _, person = climb(case, clock.name, clock.rung, policy, directory, at)
    return (person, clock.due_at) if person else None
