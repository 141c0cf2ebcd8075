"""Who may ask what of a case: deny by default (FAULTS: "Who may do what").

Only the right is judged here (403); whether it fits the state, the version and four eyes is the machine's to say.
"""

from collections.abc import Callable
from datetime import datetime

from partnerflow.cases import commands as c
from partnerflow.cases import kindness_commands as k
from partnerflow.cases import money_commands as m
from partnerflow.cases import readers, responsibility
from partnerflow.cases.attachments import AddAttachment
from partnerflow.cases.model import Case
from partnerflow.orders.model import Order
from partnerflow.people import Actor, Directory, Role

STAFF = frozenset({Role.CASE_MANAGER, Role.LICENSING, Role.CHANNEL_MANAGER, Role.EXECUTIVE})
SUPPORT = frozenset({Role.CASE_MANAGER, Role.LICENSING})

Judge = Callable[[Case, Actor, Directory, datetime], bool]


def partner(case: Case, actor: Actor, _: Directory, __: datetime) -> bool:
    """The reseller's side; for an order without reseller, the distributor is the partner."""
    return actor.organisation == (case.reseller or case.distributor)


def distributor(case: Case, actor: Actor, _: Directory, __: datetime) -> bool:
    return actor.organisation is not None and actor.organisation == case.distributor


def distributors_office(case: Case, actor: Actor, directory: Directory, at: datetime) -> bool:
    """The distributor's people; where it operates not those who are only admins (they have no money rights)."""
    return distributor(case, actor, directory, at) and actor.roles != {Role.ADMIN}


def operators(actor: Actor, directory: Directory, roles: frozenset[Role]) -> bool:
    return actor.organisation == directory.operator.code and bool(actor.roles & roles)


def staff(_: Case, actor: Actor, directory: Directory, __: datetime) -> bool:
    return operators(actor, directory, STAFF)


def finance(_: Case, actor: Actor, directory: Directory, __: datetime) -> bool:
    return operators(actor, directory, frozenset({Role.FINANCE}))


def support(_: Case, actor: Actor, directory: Directory, __: datetime) -> bool:
    return operators(actor, directory, SUPPORT)


def case_manager(_: Case, actor: Actor, directory: Directory, __: datetime) -> bool:
    return operators(actor, directory, frozenset({Role.CASE_MANAGER}))


def owner(case: Case, actor: Actor, directory: Directory, at: datetime) -> bool:
    return actor.person is not None and responsibility.owner(case, directory, at).id == actor.person


def deciding(case: Case, actor: Actor, directory: Directory, at: datetime) -> bool:
    step = case.step
    return bool(actor.person and step and responsibility.stored_for(case, step, actor.person, directory, at))


def opened_it(case: Case, actor: Actor, directory: Directory, at: datetime) -> bool:
    return distributor(case, actor, directory, at) and actor.name == case.requester


def submitted_or_proposed(case: Case, actor: Actor, _: Directory, __: datetime) -> bool:
    proposer = case.proposal.by if case.proposal else None
    appealed = case.appeal.by if case.appeal else None
    asked = (case.requester, case.opened_for, *case.handed, proposer, appealed)
    return actor.person is not None and actor.person in asked


def anyone(_: Case, actor: Actor, __: Directory, ___: datetime) -> bool:
    """Decided in the machine: a step is whose it names (four eyes has its own refusal)."""
    return actor.person is not None


def reader(case: Case, actor: Actor, directory: Directory, at: datetime) -> bool:
    """Whoever may read it, for themselves alone."""
    person = directory.people.get(actor.person or "")
    return person is not None and readers.may_read(case, person, directory, at)


def service(name: str) -> Judge:
    return lambda _, actor, __, ___: actor.service == name


RIGHTS: dict[type, tuple[Judge, ...]] = {
    c.AddNote: (partner, distributor, staff, service("mail")),
    AddAttachment: (partner, distributor, staff, service("mail")),
    c.Withdraw: (partner, opened_it, support),
    c.Escalate: (partner,),
    c.AskPartner: (owner, deciding),
    c.Answer: (partner, distributor, support),
    c.Propose: (owner, case_manager),
    c.DecideStep: (anyone,),
    c.ConfirmPassThrough: (distributor,),
    c.CloseCase: (owner, case_manager),
    c.CaseDue: (service("deadline"),),
    c.RecordAction: (service("remedy"),),
    c.IssueNotes: (service("remedy"),),
    c.FailRemedy: (service("remedy"),),
    c.RetryRemedy: (service("remedy"), owner),
    c.SyncPeople: (service("people"),),
    c.AlreadyTold: (partner,),
    c.AddFact: (owner, case_manager),
    c.CorrectFact: (partner, owner, case_manager),
    c.ConfirmFact: (partner,),
    c.DisputeFact: (partner, owner, case_manager),
    c.UpholdFact: (owner, case_manager),
    c.WithdrawFact: (partner, owner, case_manager),
    c.FollowOrder: (service("orders"),),
    c.RequestException: (partner, case_manager),
    c.Recall: (submitted_or_proposed,),
    c.Appeal: (partner,),
    c.Reassign: (owner, case_manager),
    c.Redirect: (owner, case_manager),
    c.AdoptPolicy: (service("policy"),),
    m.ConfirmNote: (distributors_office, service("remedy")),
    m.VoidNote: (finance,),
    m.PublishVoids: (service("remedy"),),
    m.SubmitPayout: (service("payments"),),
    m.PayoutAnswered: (service("payments"),),
    m.RetryPayout: (owner, finance),
    m.Settle: (partner, distributors_office, finance),
    k.Watch: (reader,),
    k.Unwatch: (reader,),
    k.AskCall: (partner,),
    k.RecordCall: (owner, staff),
    k.HandPartner: (partner,),
}
"""Any one of the judges suffices."""


def may(command: type, case: Case, actor: Actor, directory: Directory, at: datetime) -> bool:
    return any(judge(case, actor, directory, at) for judge in RIGHTS[command])


def may_open(order: Order, actor: Actor, directory: Directory) -> bool:
    """A reseller for itself, a distributor for its resellers, support on behalf (FAULTS: Create dispute)."""
    own = actor.organisation in (order.reseller, order.distributor) and bool(
        actor.roles & {Role.BUYER, Role.DESK}
    )
    return own or operators(actor, directory, SUPPORT)
