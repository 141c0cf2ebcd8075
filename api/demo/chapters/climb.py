"""Chapter 3: nobody answers, so the case climbs by itself."""

from datetime import datetime
from typing import Any

from api.demo.person import Person
from api.demo.post import Mail
from api.demo.stage import Stage


def tell(stage: Stage, case: dict[str, Any]) -> Person:
    """Returns whoever has it after the minute is up."""
    contacts = case["contacts"]
    silent, expected = contacts["deciding_now"], contacts["next_rung"]["contact"]
    stage.chapter(
        3,
        "Nobody answers",
        f"{silent['name']} does not answer. Nobody touches anything now; the deadline is the desk's own.",
    )
    now = _wait(stage, silent["name"], datetime.fromisoformat(contacts["next_rung"]["at"]))
    holder = now["contacts"]["deciding_now"]
    stage.sheet.note("rungs climbed", 1, now["rungs_fired"])
    stage.sheet.note("who has it, as foretold", expected["name"], holder["name"])
    partner = stage.cast["reseller"]
    told = stage.mail("case.escalated", partner)
    stage.screen.say(
        f"The minute is up: {holder['name']}, {holder['title']}, has it now. Harbour is told so:", "bold"
    )
    stage.screen.letter(told)
    stage.sheet.note("the mail names them", "yes", "yes" if holder["name"] in told.text else "no")
    stage.sheet.note("and the case", "yes", "yes" if stage.ref in told.subject else "no")
    taken = stage.cast.at(holder["email"])
    stage.screen.mail(stage.mail("case.escalated", taken))
    return taken


def _wait(stage: Stage, silent: str, due: datetime) -> dict[str, Any]:
    """Show the mails that go out meanwhile."""
    partner, shown = stage.cast["reseller"], set[Any]()
    shown.update(mail.path for mail in stage.post.all())

    def climbed() -> dict[str, Any] | None:
        for mail in _fresh(stage, shown):
            stage.screen.mail(mail)
        now: dict[str, Any] = partner.get(f"/v1/cases/{stage.ref}").body
        return now if now["rungs_fired"] else None

    return stage.screen.wait(climbed, f"{silent} has it; it climbs in", due, 30, "The climb")


def _fresh(stage: Stage, shown: set[Any]) -> list[Mail]:
    """The case's mails not shown yet, but for the climb's own, which are told after it."""
    fresh = [mail for mail in stage.post.all() if mail.path not in shown and mail.ref == stage.ref]
    shown.update(mail.path for mail in fresh)
    return [mail for mail in fresh if mail.event != "case.escalated"]
