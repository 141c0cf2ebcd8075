"""What happens to a round beside its decisions, in sentences: handed on, escalated, declined, recalled, appealed.

Why a colleague hands something on is said to colleagues; why a case goes to another department, to the partner too.
"""

from typing import Final

from api.schemas.shown.plain import instant
from api.schemas.shown.telling import Data, Kept, Telling, Words, keep, legs, marked
from partnerflow.store.codec import instant as parsed

WHY: Final = {
    "pass_on": marked("%(before)s passed it on"),
    "redirect": marked("%(before)s passed it to another department"),
    "absence": marked("%(before)s is away"),
    "left": marked("%(before)s has left"),
    "role": marked("%(before)s no longer has this role"),
}
HANDED: Final = marked("%(before)s handed it on")


def _handed(data: Data, t: Telling) -> str:
    nobody = t.say("Nobody")
    to, before = _names(_came(data), t) or nobody, _names(_gone(data), t) or nobody
    why = t.say(WHY.get(str(data["because"]), HANDED), before=before)
    return t.say("%(to)s decides now: %(why)s.", to=to, why=why) + _said(data, t)


def _handed_data(data: Data, t: Telling) -> Data:
    names = {"to": _names(_came(data), t), "before": _names(_gone(data), t), "because": data["because"]}
    return {"approval": data["step"], **names} | _text(data, t)


def _came(data: Data) -> list[str]:
    return [person for person in data["persons"] if person not in data["before"]]


def _gone(data: Data) -> list[str]:
    return [person for person in data["before"] if person not in data["persons"]]


def _names(people: list[str], t: Telling) -> str:
    return ", ".join(t.name(person) for person in people)


def _text(data: Data, t: Telling) -> Data:
    """Words to the partner, or of one colleague to another."""
    theirs = data.get("because") == "redirected"
    return {"text": data["text"]} if data.get("text") and (t.inside or theirs) else {}


def _said(data: Data, t: Telling) -> str:
    return "".join(f" {words}" for words in _text(data, t).values())


def _owner_changed(data: Data, t: Telling) -> str:
    said = t.say(
        "%(who)s has it now instead of %(before)s (%(why)s).",
        who=t.name(data["owner"]),
        before=t.name(data["before"]),
        why=t.term(data["because"]),
    )
    return said + _said(data, t)


def _owner_data(data: Data, t: Telling) -> Data:
    kept = {"owner": t.name(data["owner"]), "before": t.name(data["before"]), "because": data["because"]}
    return kept | _text(data, t)


def _escalated(data: Data, t: Telling) -> str:
    to = t.name(data["to"]) if data.get("to") else None
    before = _names(data["before"], t)
    if to is None:
        who = before or t.say("nobody")
        return t.say("It reached the top of its ladder; %(who)s has it, and is reminded.", who=who)
    if not before:
        return f"{t.known(data['reason'])} " + t.say("%(to)s has it at once.", to=to)
    how = t.say("by itself, the time was up")
    if data.get("pulled"):
        how = t.say("taken up: %(why)s", why=data["reason"])
    return t.say("It went from %(before)s to %(to)s (%(how)s).", before=before, to=to, how=how)


def _escalated_data(data: Data, t: Telling) -> Data:
    return {
        "clock": data["clock"],
        "rung": data["rung"],
        "before": [t.name(person) for person in data["before"]],
        "to": t.name(data["to"]) if data.get("to") else None,
        "due_at": instant(parsed(data["due_at"])) if data.get("due_at") else None,
        "pulled": bool(data.get("pulled")),
    }


def _declined(data: Data, t: Telling) -> str:
    return t.say("Declined (%(code)s): %(text)s", code=t.term(data["reason_code"]), text=data["text"])


def _recalled(data: Data, t: Telling) -> str:
    return t.say("Recalled, back to assessment: %(why)s", why=data["reason"])


def _appealed(data: Data, t: Telling) -> str:
    appeal = data["appeal"]
    return t.say("%(who)s appeals: %(text)s", who=t.name(appeal["by"]), text=appeal["text"])


def _appealed_data(data: Data, t: Telling) -> Data:
    appeal = data["appeal"]
    return {"text": appeal["text"], "by": t.name(appeal["by"]), "asked": legs(appeal["requested"], t)}


def _closed(data: Data, t: Telling) -> str:
    until = t.when(data.get("appeal_until"))
    said = t.say("Closed: %(outcome)s.", outcome=t.term(data["outcome"]))
    more = t.say("What was left out can be appealed until %(until)s.", until=until)
    return f"{said} {more}" if until else said


def _ending(*names: str) -> Kept:
    def kept(data: Data, _: Telling) -> Data:
        until = data.get("appeal_until")
        return {name: data.get(name) for name in names} | {
            "appeal_until": instant(parsed(until)) if until else None
        }

    return kept


KINDS: Final[dict[str, tuple[Words, Kept]]] = {
    "case.owner_changed": (_owner_changed, _owner_data),
    "case.escalated": (_escalated, _escalated_data),
    "case.declined": (_declined, _ending("reason_code", "text")),
    "case.step_handed_on": (_handed, _handed_data),
    "case.recalled": (_recalled, keep("reason")),
    "case.appealed": (_appealed, _appealed_data),
    "case.closed": (_closed, _ending("outcome")),
}
