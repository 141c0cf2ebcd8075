"""Drafting: the text in an editor, judged with line and column before it becomes a version."""

from flask import Response, flash, request

from api.auth import own_reading, reader, session
from api.errors import Problem
from api.portal import forms
from api.portal.forms import Said
from api.portal.page import page
from api.portal.policy import room
from api.portal.policy.reading import may, need_version, numbered, source_of
from api.portal.words import marked as _
from api.schemas import policies as bodies
from api.v1.policies import number
from partnerflow import desk
from partnerflow.desk import policies as rules
from partnerflow.policy import versions
from partnerflow.policy.commands import DraftPolicy
from partnerflow.store import policy_versions
from partnerflow.store.directory import snapshot
from partnerflow.store.policy_text import Fault


@room.get("/policy/draft")
def draft() -> Response:
    """The editor, with the version in force (or another one, ``of``) to begin with."""
    _now, in_force = policy_versions.now(session())
    of = number(request.args["of"]) if "of" in request.args else in_force
    need_version(of)
    if not may()["draft"]:
        raise Problem("forbidden", "Channel managers and finance draft policies.")
    return _editor(source_of(of), of=of)


def _editor(
    source: str,
    said: Said | None = None,
    *,
    of: int | None = None,
    faults: tuple[Fault, ...] = (),
    checked: str | None = None,
) -> Response:
    """``checked``: the name of the policy when nothing is wrong with it."""
    return page(
        "policy/draft.html",
        source=source,
        note=request.form.get("note", ""),
        of=of,
        said=said,
        faults=faults,
        lines=numbered(source, faults) if faults else [],
        checked=checked,
    )


@room.post("/policy/draft")
def save() -> Response:
    """Check the text, or make it a version; one with faults never becomes one."""
    typed = request.form.get("source", "").replace("\r\n", "\n")
    checking = request.form.get("do") == "check"
    faults: tuple[Fault, ...] = ()
    name: str | None = None

    def send() -> desk.Outcome:
        nonlocal faults, name
        command = bodies.draft(forms.body(bodies.DraftBody(), without=("do",)))
        faults, name = _judged(command)
        if faults:
            raise Problem("invalid-policy", str(faults[0]))
        if checking:
            raise _Checked
        outcome = forms.hand(command, "policy/new")
        if outcome.state is desk.State.DONE:
            flash(_("Kept as a draft. Try it, then another person publishes it."), "ok")
        return outcome

    def again(said: Said) -> Response:
        return _editor(typed, said, faults=faults)

    try:
        return forms.attempt(send, lambda done: f"/policy/{forms.told(done)['version']}", again)
    except _Checked:
        return forms.at_once(lambda: _editor(typed, checked=name))


class _Checked(Exception):
    """Nothing is wrong, and nothing was asked for but to look."""


def _judged(command: DraftPolicy) -> tuple[tuple[Fault, ...], str | None]:
    with own_reading() as opened:
        directory = snapshot(opened).directory
    if not versions.may_propose(reader().actor, directory):
        raise Problem("forbidden", "Channel managers and finance draft policies.")
    checked = rules.judged(command, directory)
    return checked.faults, checked.policy.name if checked.policy else None
