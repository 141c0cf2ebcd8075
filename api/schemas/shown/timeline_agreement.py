"""The timeline's sentences for facts, exceptions, and what happens to a round beside its decisions.

What a step has lowered, and what colleagues say to each other when they hand something on, stays inside.
"""

from typing import Final

from api.schemas.shown.plain import instant, money
from api.schemas.shown.telling import Data, Kept, Telling, Words, keep, legs, marked
from partnerflow.money import format_percent
from partnerflow.store.codec import instant as parsed

CHANGES: Final = {
    "added": marked("%(who)s states: %(fact)s"),
    "by_order": marked("The order says now: %(fact)s"),
    "corrected": marked("%(who)s corrects: %(fact)s"),
    "confirmed": marked("%(who)s confirms: %(fact)s"),
    "upheld": marked("%(who)s upholds, although it is disputed: %(fact)s"),
    "withdrawn": marked("No longer stated: %(fact)s"),
    "lapsed": marked("Not answered in time, so neither confirmed nor withdrawn: %(fact)s"),
}


def _fact_changed(data: Data, t: Telling) -> str:
    fact = data["fact"]
    change = data["change"]
    by = {"confirmed": fact.get("confirmed_by"), "upheld": (fact.get("upheld") or {}).get("by")}
    key = "by_order" if change == "corrected" and fact["source"] == "order" else change
    why = f" {data['text']}" if change == "withdrawn" and data.get("text") else ""
    who = t.name(by.get(change, fact["by"]))
    return t.say(CHANGES[key], who=who, fact=f"“{fact['text']}”") + why


def _fact_data(data: Data, t: Telling) -> Data:
    fact = data["fact"]
    kept: Data = {name: fact[name] for name in ("id", "text", "source", "decisive", "state", "version")}
    dispute, upheld = fact.get("dispute"), fact.get("upheld")
    return {
        "change": data.get("change", "disputed"),
        "fact": kept
        | {
            "by": t.name(fact["by"]),
            "dispute": {"by": t.name(dispute["by"]), "text": dispute["text"]} if dispute else None,
            "evidence": upheld["evidence"] if upheld else None,
        },
    }


def _fact_disputed(data: Data, t: Telling) -> str:
    fact = data["fact"]
    dispute = fact["dispute"]
    who, stated = t.name(dispute["by"]), f"“{fact['text']}”"
    return t.say("%(who)s disputes: %(fact)s %(text)s", who=who, fact=stated, text=dispute["text"])


def _excepted(data: Data, t: Telling) -> str:
    asked = data["exception"]
    who = t.name(asked["by"]) if asked.get("by") else t.say("The partner")
    return t.say("%(who)s asks for an exception: %(why)s", who=who, why=asked["justification"])


def _excepted_data(data: Data, t: Telling) -> Data:
    asked = data["exception"]
    rows = [row | {"percent": format_percent(row["percent"])} for row in asked["lines"]]
    cost = money(asked["cost"], t.currency) if asked.get("cost") is not None else None
    return {"lines": rows, "cost": cost, "requested": legs(data["requested"], t)}


def _told_before(data: Data, t: Telling) -> str:
    words = f": {data['text']}" if data.get("text") else "."
    return t.say("The partner had told this already (no. %(times)s)", times=data["times"]) + words


def _revised_data(data: Data, t: Telling) -> Data:
    kept: Data = {"because": data["because"]}
    return kept | ({"legs": legs(data["proposal"]["legs"], t)} if t.inside else {})


def _clocks_moved(data: Data, _: Telling) -> Data:
    changed = [
        {"name": c["name"], "due_at": instant(parsed(c["due_at"])) if c.get("due_at") else None}
        for c in data["clocks"]
    ]
    return {"policy_version": data["policy_version"], "clocks": changed}


KINDS: Final[dict[str, tuple[Words, Kept]]] = {
    "case.fact_changed": (_fact_changed, _fact_data),
    "case.fact_disputed": (_fact_disputed, _fact_data),
    "case.exception_requested": (_excepted, _excepted_data),
    "case.already_told": (_told_before, keep("text", "times")),
    "case.revised": (
        lambda d, t: t.say("What lies before the deciders has changed.") + f" {t.known(d['because'])}",
        _revised_data,
    ),
    "case.round_restarted": (
        lambda d, t: t.say("The approval begins again from its first step.") + f" {t.known(d['because'])}",
        lambda d, _: {"round": d["round"]["no"], "because": d["because"]},
    ),
    "case.clocks_moved": (
        lambda d, t: t.say(
            "The clocks run by the allowances of policy version %(version)s now.", version=d["policy_version"]
        ),
        _clocks_moved,
    ),
}
"""As ``timeline.KINDS``, of which they are part."""
