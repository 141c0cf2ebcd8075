"""Policy versions at the desk: drafted by one person, published by another, and the clocks that follow.

Lock order: the versions' rows by number, then (adopting) as every case command. ARCHITECTURE: Lock order.
"""

from typing import Any

from partnerflow.cases.commands import AdoptPolicy
from partnerflow.desk import cases
from partnerflow.desk.model import Decided, Ruled
from partnerflow.desk.work import NotDue, Work
from partnerflow.people import Directory
from partnerflow.policy import versions
from partnerflow.policy.commands import BeginMovingClocks, DraftPolicy, EndMovingClocks, PublishPolicy
from partnerflow.policy.versions import Version
from partnerflow.refusals import Refused
from partnerflow.store import moving_clocks, policy_versions
from partnerflow.store.policy_text import Checked, Fault, check, check_document, dumped, parse

SERVICE = "policy"


def decide(work: Work) -> Ruled:
    """Answer a policy's command; ``not-found`` for a version that does not exist, or not for this actor."""
    command = work.request.command
    if isinstance(command, DraftPolicy):
        return _draft(work, command)
    version = _locked(work)
    if isinstance(command, PublishPolicy):
        return _publish(work, version, command)
    if work.request.actor.service != SERVICE:
        raise Refused("forbidden", "Only the service that moves clocks may do this.")
    return _begin(work, version) if isinstance(command, BeginMovingClocks) else _end(work, version, command)


def adopt(work: Work) -> Decided:
    """A case's clocks follow a version as long as that is the one that moves them."""
    command = work.request.command
    assert isinstance(command, AdoptPolicy)
    if not moving_clocks.is_moving(work.session, command.version):
        raise Refused("wrong-state", f"Version {command.version} moves no clocks, or no longer.")
    return cases.decide(work)


def judged(command: DraftPolicy, directory: Directory | None, version: int = 0) -> Checked:
    """What a draft says, with every fault; the directory knows the persons it names (None: they are not asked for)."""
    if command.source is not None:
        return check(parse(command.source), version, directory)
    return check_document(command.document, version, directory)


def faulty(faults: tuple[Fault, ...], root: str) -> Refused:
    """The refusal of a draft; ``root`` is the member of the body that it came in."""
    first = faults[0]
    where = f"Line {first.line}, column {first.column}: " if first.line else ""
    said = f"{first.path}: {first.message}" if first.path else first.message
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    return Refused("invalid-policy", f"{where}{said}{more}", errors=[_shown(fault, root) for fault in faults])


def _shown(fault: Fault, root: str) -> dict[str, Any]:
    """A text has lines; a document has places below its own."""
    below = "" if root == "/source" else fault.path.replace("[", "/").replace("]", "").replace(".", "/")
    pointer = f"{root}/{below}" if below else root
    return {
        "pointer": pointer,
        "detail": fault.message,
        "path": fault.path,
        "line": fault.line,
        "column": fault.column,
    }


def _draft(work: Work, command: DraftPolicy) -> Ruled:
    directory, actor = work.snapshot().directory, work.request.actor
    if not versions.may_propose(actor, directory):
        raise Refused("forbidden", "Channel managers and finance draft policies.")
    checked = judged(command, directory)
    if checked.document is None or checked.policy is None:
        raise faulty(checked.faults, "/document" if command.source is None else "/source")
    source = dumped(checked.document) if command.source is None else command.source
    name, author = checked.policy.name, actor.name
    work.begin_writing()
    number = policy_versions.draft(
        work.session,
        name=name,
        document=checked.document,
        source=source,
        note=command.note,
        author=author,
        at=work.at,
    )
    work.made = f"policy/{number}"
    return _ruled(work, Version(number, name, command.note, author, work.at), created=True)


def _locked(work: Work) -> Version:
    actor = work.request.actor
    seen = actor.service == SERVICE or versions.may_read(actor, work.snapshot().directory)
    number = work.request.target.partition("/")[2]
    found = policy_versions.read(work.session, int(number), lock=True) if seen else None
    if found is None:
        raise Refused("not-found", "There is no such policy version.")
    return found


def _publish(work: Work, version: Version, command: PublishPolicy) -> Ruled:
    directory = work.snapshot().directory
    published = versions.published(version, command, work.request.actor, work.at, directory)
    _, source = policy_versions.written(work.session, version.version)
    checked = check(parse(source), version.version, directory)
    if checked.faults:
        raise faulty(checked.faults, "/source")
    work.begin_writing()
    policy_versions.publish(work.session, published)
    if published.clocks:
        work.wake(f"policy/{version.version}")
    return _ruled(work, published)


def _begin(work: Work, version: Version) -> Ruled:
    if version.effective_at is None or version.effective_at > work.at:
        raise NotDue(version.effective_at)
    work.begin_writing()
    moving_clocks.begin(work.session, version.version, work.at)
    return _ruled(work, _again(work, version))


def _end(work: Work, version: Version, _: EndMovingClocks) -> Ruled:
    if moving_clocks.left(work.session, version.version, 1):
        raise NotDue(None)
    work.begin_writing()
    moving_clocks.end(work.session, version.version)
    return _ruled(work, _again(work, version))


def _again(work: Work, version: Version) -> Version:
    found = policy_versions.read(work.session, version.version)
    assert found is not None
    return found


def _ruled(work: Work, version: Version, *, created: bool = False) -> Ruled:
    _, in_force = policy_versions.now(work.session)
    return Ruled(version, work.at, in_force, work.snapshot().directory, created)
