"""How the history tells of watching, calls, and the partner's side handed on (see ``timeline``)."""

from typing import Final

from api.schemas.shown.plain import instant
from api.schemas.shown.telling import Data, Kept, Telling, Words, keep
from partnerflow.store.codec import instant as parsed


def _watches(data: Data, t: Telling) -> str:
    return t.say("%(who)s watches this case.", who=t.name(data["person"]))


def _watches_no_more(data: Data, t: Telling) -> str:
    return t.say("%(who)s no longer watches this case.", who=t.name(data["person"]))


def _call_asked(data: Data, t: Telling) -> str:
    call = data["call"]
    times = [t.when(call["slot"])] if call.get("slot") else []
    times += [call["when"]] if call["when"] else []
    suits = f" ({'; '.join(times)})" if times else ""
    where = f"{call['number']}{suits}"
    return t.say("Please call %(where)s: %(about)s", where=where, about=call["about"])


def _call_data(data: Data, _: Telling) -> Data:
    call = data["call"]
    slot = instant(parsed(call["slot"])) if call.get("slot") else None
    return {
        "call": call["id"],
        "number": call["number"],
        "when": call["when"],
        "about": call["about"],
        "slot": slot,
    }


def _handed(data: Data, t: Telling) -> str:
    words = f": {data['text']}" if data.get("text") else "."
    who = t.name(data["person"])
    if not data["before"]:
        return t.say("%(who)s has the partner's side now", who=who) + words
    before = t.name(data["before"])
    return t.say("%(who)s has the partner's side now, after %(before)s", who=who, before=before) + words


KINDS: Final[dict[str, tuple[Words, Kept]]] = {
    "case.watched": (_watches, lambda d, t: {"person": t.name(d["person"])}),
    "case.unwatched": (_watches_no_more, lambda d, t: {"person": t.name(d["person"])}),
    "case.call_asked": (_call_asked, _call_data),
    "case.call_made": (lambda d, t: t.say("Phone note: %(text)s", text=d["text"]), keep("call", "text")),
    "case.partner_handed": (
        _handed,
        lambda d, t: {"to": t.name(d["person"]), "before": t.name(d["before"]) if d["before"] else None},
    ),
}
"""As ``timeline.KINDS``, of which they are part."""
