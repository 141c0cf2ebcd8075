"""Chapter 4: the person it climbed to approves, then finance."""

from typing import Any

from api.demo.person import Astray, Person
from api.demo.screen import local
from api.demo.sheet import figure
from api.demo.stage import Stage


def tell(stage: Stage, climbed_to: Person) -> None:
    """Both steps of the round."""
    stage.chapter(
        4,
        "Two people approve",
        "Two steps, because of the exception. Each approves exactly what it was shown: the version is in the ETag.",
    )
    reason = "An honest mistake, reported the same day."
    _approve(stage, climbed_to, reason)
    now = stage.cast["reseller"].get(f"/v1/cases/{stage.ref}").body
    finance = stage.cast.at(now["contacts"]["deciding_now"]["email"])
    stage.sheet.note("second decider", "Amara Diallo", finance.name)
    stage.screen.facts([("next", now["next"])])
    stage.screen.mail(stage.mail("case.approval_step_started", finance))
    _approve(stage, finance, "Both legs checked against the invoices.")
    stage.screen.mail(stage.mail("case.approved", stage.cast["reseller"]))


def _approve(stage: Stage, who: Person, reason: str) -> None:
    inbox = who.get("/v1/approvals", mine="true")
    mine = [item for item in inbox.body["items"] if item["case_ref"] == stage.ref]
    if not mine:
        raise Astray(f"{who.name} finds no approval of {stage.ref} in the inbox: {inbox.body}")
    stage.screen.act(who, f"opens the inbox: {len(mine)} to decide", inbox)
    shown = who.get(f"/v1/approvals/{mine[0]['id']}")
    stage.screen.facts(_request(shown.body))
    answer = who.post(
        f"/v1/approvals/{mine[0]['id']}/decision",
        {"decision": "approve", "text": reason},
        if_match=shown.etag,
    )
    stage.screen.act(who, f"approves: “{reason}”", answer)
    stage.sheet.note(f"step of {who.name}", "decided", answer.body["status"])


def _request(shown: dict[str, Any]) -> list[tuple[str, str]]:
    request, upstream = shown["request"], shown["amounts_upstream"]
    exception = request["exception"]
    asked = [f"{e['quantity']} at {e['percent']} %" for e in exception["lines"]]
    return [
        ("asked", f"{request['type']}, {request['reason'].replace('_', ' ')}, by {request['requested_by']}"),
        ("exception", f"{', '.join(asked)}: {exception['justification']}"),
        ("to the reseller", f"{figure(shown['amounts']['requested']['gross'])} gross"),
        ("to the distributor", f"{figure(upstream['requested']['gross'])} gross"),
        ("due", f"{local(shown['due_at'])}, version {shown['version']}"),
    ]
