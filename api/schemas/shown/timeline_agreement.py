"""The timeline's sentences for facts, exceptions, and what happens to a round beside its decisions.

What a step has lowered, and what colleagues say to each other when they hand something on, stays inside.
"""

from typing import Final

from api.schemas.shown.plain import instant, money
from api.schemas.shown.telling import Data, Kept, Telling, Words, keep, legs
from partnerflow.money import format_percent
from partnerflow.store.codec import instant as parsed


def _fact_changed(data: Data, t: Telling) -> str:
    fact = data["fact"]
    said, by = f"“{fact['text']}”", t.name(fact["by"])
    why = f" {data['text']}" if data.get("text") else ""
    return {
        "added": f"{by} states: {said}",
        "corrected": f"The order says now: {said}" if fact["source"] == "order" else f"{by} corrects: {said}",
        "confirmed": f"{t.name(fact.get('confirmed_by'))} confirms: {said}",
        "upheld": f"{_upheld(fact, t)} upholds, although it is disputed: {said}",
        "withdrawn": f"No longer stated: {said}{why}",
        "lapsed": f"Not answered in time, so neither confirmed nor withdrawn: {said}",
    }[data["change"]]


def _upheld(fact: Data, t: Telling) -> str:
    return t.name((fact.get("upheld") or {}).get("by"))


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
    return f"{t.name(fact['dispute']['by'])} disputes: “{fact['text']}” {fact['dispute']['text']}"


def _excepted(data: Data, t: Telling) -> str:
    asked = data["exception"]
    who = t.name(asked["by"]) if asked.get("by") else "The partner"
    return f"{who} asks for an exception: {asked['justification']}"


def _excepted_data(data: Data, t: Telling) -> Data:
    asked = data["exception"]
    rows = [row | {"percent": format_percent(row["percent"])} for row in asked["lines"]]
    cost = money(asked["cost"], t.currency) if asked.get("cost") is not None else None
    return {"lines": rows, "cost": cost, "requested": legs(data["requested"], t)}


def _told_before(data: Data, _: Telling) -> str:
    words = f": {data['text']}" if data.get("text") else "."
    return f"The partner had told this already (no. {data['times']}){words}"


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
        lambda d, _: f"What lies before the deciders has changed. {d['because']}",
        _revised_data,
    ),
    "case.round_restarted": (
        lambda d, _: f"The approval begins again from its first step. {d['because']}",
        lambda d, _: {"round": d["round"]["no"], "because": d["because"]},
    ),
    "case.clocks_moved": (
        lambda d, _: f"The clocks run by the allowances of policy version {d['policy_version']} now.",
        _clocks_moved,
    ),
}
"""As ``timeline.KINDS``, of which they are part."""
