"""What may be asked of a case. Amounts are net minor units on the main leg, percents parts per million."""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.cases.attachments import AddAttachment
from partnerflow.cases.kindness_commands import KindnessCommand
from partnerflow.cases.model import ExceptionAsked, RequestedLine
from partnerflow.cases.money_commands import MoneyCommand
from partnerflow.cases.terms import NO_TERMS, Terms
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement
from partnerflow.policy.terms import CaseType, Reason


@dataclass(frozen=True, slots=True)
class WantedAsked:
    """An item wanted instead; prices in millionths, None: contract, then list (API: wanted)."""

    sku: str
    quantity: int
    unit_price: int | None = None
    upstream_unit_price: int | None = None


@dataclass(frozen=True, slots=True)
class OpenCase:
    order_id: str
    type: CaseType
    reason: Reason
    lines: tuple[RequestedLine, ...]
    description: str
    wanted: tuple[WantedAsked, ...] = ()
    exception: ExceptionAsked | None = None
    settlement: Settlement | None = None
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class AddNote:
    """``channel`` is ``mail`` for what came as a reply to one."""

    text: str
    visibility: str = "public"
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw:
    reason: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """The partner pulls the rung shown as next."""

    reason: str


@dataclass(frozen=True, slots=True)
class AskPartner:
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    text: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Propose:
    """The owner's proposal; it ends ``assessment``. ``version`` is the case's event number from If-Match. With stated
    fault shares ``portions`` are what is due before the reseller's own share is taken off."""

    portions: tuple[Portion, ...]
    clause: str
    text: str
    root_cause: str | None = None
    version: int | None = None
    facts: tuple[str, ...] = ()
    terms: Terms = NO_TERMS


@dataclass(frozen=True, slots=True)
class DecideStep:
    """``decision``: approve, approve_partial (``portions`` or one ``amount``), decline (``reason_code`` and ``text``),
    ask (``text``), pass_on (``to`` a person), redirect (``to`` a department). ``facts`` are the ids it rests on,
    ``version`` is the approval's, from If-Match."""

    step: str
    decision: str
    version: str
    text: str | None = None
    reason_code: str | None = None
    portions: tuple[Portion, ...] = ()
    amount: int | None = None
    convert: bool = False
    to: str | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlreadyTold:
    """The partner had said it before: counted and reported."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class AddFact:
    """Our side states something; the partner confirms or disputes it. ``decisive``: it changes verdict or amount."""

    text: str
    decisive: bool = True


@dataclass(frozen=True, slots=True)
class CorrectFact:
    fact: str
    text: str


@dataclass(frozen=True, slots=True)
class ConfirmFact:
    fact: str


@dataclass(frozen=True, slots=True)
class DisputeFact:
    fact: str
    text: str


@dataclass(frozen=True, slots=True)
class UpholdFact:
    """``attachments`` are ids of files of the case."""

    fact: str
    evidence: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawFact:
    fact: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FollowOrder:
    """Units were reported on the order: the facts that come from it say so now."""


@dataclass(frozen=True, slots=True)
class RequestException:
    """More than policy gives, line by line, with its justification; a material change."""

    exception: ExceptionAsked


@dataclass(frozen=True, slots=True)
class Recall:
    """Back to assessment by who submitted or proposed; clocks and reservation stay."""

    reason: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """Of a decline, or of what a partial approval left out: once, before ``appeal_until``."""

    text: str


@dataclass(frozen=True, slots=True)
class Reassign:
    """``to`` is a person, by id or e-mail address."""

    to: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """To another department: ``to`` is a role; clocks and history stay."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class AdoptPolicy:
    """The clocks move to another policy's allowances and keep their used minutes; rules and routes stay the case's."""

    version: int


@dataclass(frozen=True, slots=True)
class ConfirmPassThrough:
    how: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Ends as cancelled what another case or order makes void."""

    root_cause: str
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class CaseDue:
    """A stored instant has come. The desk settles what is due; the names make the key."""

    clock: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class RecordAction:
    """The remedy reports an act that is done: ``cancel_upstream``, ``publish`` (documents stored)."""

    round: int
    action: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class IssueNotes:
    """One command per round: notes of all legs issued here, rebills, postings and ceilings (ARCHITECTURE: Remedy).
    ``payments``: this installation has a payment port, so what is given back is to go through it."""

    round: int
    payments: bool = False


@dataclass(frozen=True, slots=True)
class FailRemedy:
    """Before the first note: compensated, back to the owner. After it: failed, with a named person."""

    round: int
    because: str


@dataclass(frozen=True, slots=True)
class RetryRemedy:
    round: int


@dataclass(frozen=True, slots=True)
class SyncPeople:
    """Stored owner follows the effective one after an absence, a leaver or a role change (in batches)."""


CaseCommand = (
    OpenCase
    | AddNote
    | AddAttachment
    | Withdraw
    | Escalate
    | AskPartner
    | Answer
    | Propose
    | DecideStep
    | ConfirmPassThrough
    | CloseCase
    | CaseDue
    | RecordAction
    | IssueNotes
    | FailRemedy
    | RetryRemedy
    | SyncPeople
    | AlreadyTold
    | AddFact
    | CorrectFact
    | ConfirmFact
    | DisputeFact
    | UpholdFact
    | WithdrawFact
    | FollowOrder
    | RequestException
    | Recall
    | Appeal
    | Reassign
    | Redirect
    | AdoptPolicy
    | MoneyCommand
    | KindnessCommand
)
