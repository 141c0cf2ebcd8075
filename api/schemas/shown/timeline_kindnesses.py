"""How the history tells of watching, calls, and the partner's side handed on (see ``timeline``)."""

from typing import Final

from api.schemas.shown.plain import instant
from api.schemas.shown.telling import Data, Kept, Telling, Words, keep
from partnerflow.store.codec import instant as parsed


def _watches(data: Data, t: Telling) -> str:
    return f"{t.name(data['person'])} watches this case."


def _watches_no_more(data: Data, t: Telling) -> str:
    return f"{t.name(data['person'])} no longer watches this case."


def _call_asked(data: Data, t: Telling) -> str:
    call = data["call"]
    times = [t.when(call["slot"])] if call.get("slot") else []
    times += [call["when"]] if call["when"] else []
    suits = f" ({'; '.join(times)})" if times else ""
    return f"Please call {call['number']}{suits}: {call['about']}"


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
    before = f", after {t.name(data['before'])}" if data["before"] else ""
    words = f": {data['text']}" if data.get("text") else "."
    return f"{t.name(data['person'])} has the partner's side now{before}{words}"


KINDS: Final[dict[str, tuple[Words, Kept]]] = {
    "case.watched": (_watches, lambda d, t: {"person": t.name(d["person"])}),
    "case.unwatched": (_watches_no_more, lambda d, t: {"person": t.name(d["person"])}),
    "case.call_asked": (_call_asked, _call_data),
    "case.call_made": (lambda d, _: f"Phone note: {d['text']}", keep("call", "text")),
    "case.partner_handed": (
        _handed,
        lambda d, t: {"to": t.name(d["person"]), "before": t.name(d["before"]) if d["before"] else None},
    ),
}
"""As ``timeline.KINDS``, of which they are part."""
