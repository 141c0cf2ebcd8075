"""One ordered history in sentences. Which events a reader gets at all, and which members of them: deny by default.

Row-level security has already left out what another organisation may not read; here falls what a partner may not.
"""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.auth import Reader
from api.schemas.shown import timeline_agreement, timeline_kindnesses, timeline_money, timeline_rounds
from api.schemas.shown.acted import acted
from api.schemas.shown.plain import instant
from api.schemas.shown.telling import ENGLISH, Data, Kept, Telling, Tongue, Words, keep, legs, nothing
from api.seen import for_reader
from partnerflow.cases.events import PRIVATE
from partnerflow.people import Directory
from partnerflow.store.codec import instant as parsed
from partnerflow.store.listing_parts import Happened

INSIDE: Final = PRIVATE | {"case.step_decided", "case.proposal_lowered"}
"""Kinds that only the operator's people see: how we work inside, and single votes before the last step."""


def item(happened: Happened, telling: Telling, reader: Reader) -> dict[str, Any] | None:
    """One entry of the timeline; None for a kind this reader does not get."""
    kind, data = happened.kind, happened.data
    if not may_read(kind, data, reader):
        return None
    words, kept = KINDS.get(kind, (_plain_words(kind), nothing))
    seen = {
        "seq": happened.seq,
        "at": instant(happened.at),
        "event": kind,
        "actor": telling.name(acted(kind, data, happened.actor)),
        "text": _plain_words(kind)(data, telling) if reader.admin_only else words(data, telling),
        "visibility": _visibility(kind, data),
        "data": {} if reader.admin_only else kept(data, telling),
    }
    cleaned: dict[str, Any] = for_reader(seen, upstream=reader.sees_upstream)
    return cleaned


def may_read(kind: str, data: Data, reader: Reader) -> bool:
    if kind in INSIDE and not (reader.staff or reader.admin_only):
        return False
    if data.get("leg") == "upstream" and not reader.sees_upstream:
        return False
    internal = data.get("visibility") == "internal"
    return not internal or (data.get("organisation") == reader.organisation and not reader.admin_only)


def telling(
    directory: Directory,
    currency: str,
    reader: Reader,
    at: datetime,
    upstream: str | None = None,
    tongue: Tongue = ENGLISH,
) -> Telling:
    own = directory.organisations.get(reader.organisation)
    zone = own.zone if own else directory.operator.zone
    ZoneInfo(zone)
    return Telling(directory, currency, zone, at, reader.staff, upstream, tongue)


def _visibility(kind: str, data: Data) -> str:
    return str(data.get("visibility") or ("internal" if kind in INSIDE else "public"))


def _plain_words(kind: str) -> Words:
    sentence = kind.partition(".")[2].replace("_", " ").capitalize() + "."
    return lambda _, __: sentence


def _opened(data: Data, t: Telling) -> str:
    case = data["case"]
    kind = t.term(case["type"])
    who = {"who": t.name(case["requester"]), "owner": t.name(case["owner"]), "kind": kind}
    if not case.get("opened_for"):
        return t.say("%(who)s asked for: %(kind)s. %(owner)s has it now.", **who)
    whom = t.name(case["opened_for"])
    return t.say("%(who)s asked on behalf of %(whom)s for: %(kind)s. %(owner)s has it now.", whom=whom, **who)


def _opened_data(data: Data, t: Telling) -> Data:
    case = data["case"]
    kept = {name: case[name] for name in ("type", "reason", "verdict", "clause", "description")}
    return kept | {"owner": t.name(case["owner"]), "requested": legs(case["requested"], t)}


def _proposed(data: Data, t: Telling) -> str:
    put = data["proposal"]
    words = f" {put['text']}" if put["text"] else ""
    said = t.say(
        "%(who)s put it to approval (clause %(clause)s).", who=t.name(put["by"]), clause=put["clause"]
    )
    return f"{said}{words}"


def _proposed_data(data: Data, t: Telling) -> Data:
    put = data["proposal"]
    return {"by": t.name(put["by"]), "clause": put["clause"], "legs": legs(put["legs"], t)}


def _step_started(data: Data, t: Telling) -> str:
    who = _deciders(data["step"], t) or t.say("Nobody yet")
    return t.say("%(who)s decides now (%(step)s).", who=who, step=t.term(data["step"]["name"]))


def _deciders(step: Data, t: Telling) -> str:
    holders = step.get("holders") or []
    return ", ".join(t.name(person) for person in holders[-1]["persons"]) if holders else ""


def _step_data(data: Data, t: Telling) -> Data:
    step = data["step"]
    return {"approval": step["id"], "step": step["name"], "deciders": _deciders(step, t)}


def _step_decided(data: Data, t: Telling) -> str:
    decision = data["decision"]
    words = f": {decision['text']}" if decision.get("text") else ""
    return f"{t.name(decision['by'])}: {t.term(decision['what'])}{words}."


def _clocks_set(data: Data, t: Telling) -> str:
    return t.say(
        "Clocks changed: %(names)s.", names=", ".join(t.term(clock["name"]) for clock in data["clocks"])
    )


def _warned(data: Data, t: Telling) -> str:
    return t.say(
        "%(percent)s percent of %(clock)s is used; due %(when)s.",
        percent=data["percent"],
        clock=t.term(data["clock"]),
        when=t.when(data["due_at"]),
    )


def _breached(data: Data, t: Telling) -> str:
    clock, when = t.term(data["clock"]), t.when(data["due_at"])
    return t.say("The time for %(clock)s was up at %(when)s.", clock=clock, when=when)


def _paused(data: Data, t: Telling) -> str:
    return t.say("%(who)s paused the clock: %(why)s", who=t.name(data["by"]), why=data["because"])


def _asked(data: Data, t: Telling) -> str:
    asked = data["question"]
    return t.say("%(who)s asks: %(text)s", who=t.name(asked["by"]), text=asked["text"])


def _received(data: Data, t: Telling) -> str:
    if data.get("text"):
        return t.say("Answer: %(text)s", text=data["text"])
    return t.say("No answer came; it goes on without.")


def _failed(data: Data, t: Telling) -> str:
    if data["compensated"]:
        return t.say("The remedy failed, it is back with its owner: %(why)s", why=data["because"])
    who = t.name(data["held_by"])
    return t.say("The remedy failed, %(who)s is on it: %(why)s", who=who, why=data["because"])


def _by_channel(*names: str) -> Kept:
    """With how it came, where that was not by hand."""

    def kept(data: Data, t: Telling) -> Data:
        found = keep(*names)(data, t)
        return {**found, "channel": data["channel"]} if data.get("channel") else found

    return kept


def _document_data(data: Data, _: Telling) -> Data:
    kept = {
        name: data["document"][name] for name in ("id", "name", "media_type", "size", "sha256", "channel")
    }
    return kept | {"organisation": data["organisation"]}


def _passed(data: Data, t: Telling) -> str:
    passed = data["pass_through"]
    return t.say(
        "%(who)s confirmed the %(how)s, reference %(reference)s.",
        who=t.name(passed["by"]),
        how=t.term(passed["how"]),
        reference=passed["reference"],
    )


def _passed_data(data: Data, _: Telling) -> Data:
    passed = data["pass_through"]
    return {"how": passed["how"], "reference": passed["reference"], "at": instant(parsed(passed["at"]))}


KINDS: Final[dict[str, tuple[Words, Kept]]] = {
    "case.opened": (_opened, _opened_data),
    "case.proposed": (_proposed, _proposed_data),
    "case.round_started": (
        lambda d, t: t.say("Approval round %(no)s started.", no=d["round"]["no"]),
        lambda d, _: {"round": d["round"]["no"], "route": d["round"]["route"]},
    ),
    "case.approval_step_started": (_step_started, _step_data),
    "case.step_decided": (
        _step_decided,
        lambda d, _: {"approval": d["step"], "decision": d["decision"]["what"], "final": d["final"]},
    ),
    "case.approved": (lambda _, t: t.say("Approved as asked."), nothing),
    "case.approved_in_part": (lambda _, t: t.say("Approved in part."), nothing),
    "case.proposal_lowered": (
        lambda _, t: t.say("The step grants less than what was shown to it."),
        lambda d, t: {"legs": legs(d["proposal"]["legs"], t)},
    ),
    "case.rung_superseded": (
        lambda _, t: t.say("A decision received in time counts; the rung does not."),
        keep("step", "rung"),
    ),
    "case.clock_warned": (_warned, keep("clock", "percent", "due_at")),
    "case.clock_breached": (_breached, keep("clock", "due_at")),
    "case.clocks_set": (
        _clocks_set,
        lambda d, _: {"clocks": [{"name": c["name"], "state": c["state"]} for c in d["clocks"]]},
    ),
    "case.clock_paused": (_paused, keep("because")),
    "case.clock_resumed": (
        lambda _, t: t.say("The clock runs on."),
        lambda d, _: {"clocks": [{"name": c["name"], "due_at": c["due_at"]} for c in d["clocks"]]},
    ),
    "case.info_requested": (
        _asked,
        lambda d, _: {"question": d["question"]["id"], "text": d["question"]["text"]},
    ),
    "case.info_received": (_received, _by_channel("question", "text")),
    "case.note_added": (lambda d, _: str(d["text"]), _by_channel("text", "organisation")),
    "case.document_added": (lambda d, t: t.say("File: %(name)s", name=d["document"]["name"]), _document_data),
    "case.withdrawn": (lambda d, t: t.say("Withdrawn: %(why)s", why=d["reason"]), keep("reason")),
    "case.cancelled": (
        lambda d, t: t.say("Cancelled: %(why)s", why=d["reason"]),
        keep("reason", "duplicate_of"),
    ),
    "case.remedy_started": (lambda _, t: t.say("The credit notes are being issued."), keep("round")),
    "case.remedy_acted": (
        lambda d, t: t.say("Done: %(what)s.", what=t.term(str(d["action"]))),
        keep("action", "reference"),
    ),
    "case.remedy_failed": (_failed, keep("because", "compensated")),
    "case.remedy_retried": (lambda _, t: t.say("The remedy is tried again."), keep("round")),
    "case.remedy_done": (lambda _, t: t.say("Every document is stored."), keep("passing_on")),
    "case.passed_on": (_passed, _passed_data),
    **timeline_agreement.KINDS,
    **timeline_kindnesses.KINDS,
    **timeline_money.KINDS,
    **timeline_rounds.KINDS,
}
"""Per kind its sentence and the members of its data that are shown; a test compares the kinds with the events."""
