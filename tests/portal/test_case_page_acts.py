"""What staff and partners do on a case's page, sent exactly as the page has it filled in."""

from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from tests.api.calling import World, gbp, opened, ordered
from tests.portal.browsing import Browser

ELLIE, OWEN = "ellie.marsh@harbour.example", "owen.clarke@arbor.example"


class Form(HTMLParser):
    """The fields of one form as a browser sends them: values, chosen options, ticked boxes."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.found, self.fields = action, False, False, dict[str, str]()
        self._name, self._first, self._text = "", False, ""
        self.feed(page)
        assert self.found, f"no form for {action}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = a.get("action") == self.action and not self.found
            self.found = self.found or self.inside
        if not self.inside:
            return
        if tag == "input" and (a.get("type") != "checkbox" or "checked" in a):
            self.fields[a.get("name", "")] = a.get("value", "")
        if tag in ("select", "textarea"):
            self._name, self._first, self._text = a["name"], True, ""
            self.fields.setdefault(self._name, "")
        if tag == "option" and (self._first or "selected" in a):
            self.fields[self._name], self._first = a.get("value", ""), False

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if self.inside and tag == "textarea":
            self.fields[self._name] = self._text
        if tag == "form":
            self.inside = False


def send(browser: Browser, ref: str, action: str, **typed: str) -> TestResponse:
    """The page's own form for the action, with what somebody types over it; ``__`` in names is a point."""
    page = browser.get(f"/cases/{ref}")
    assert page.status_code == 200
    path = f"/cases/{ref}/{action}" if "/" in action else f"/cases/{ref}/actions/{action}"
    fields = Form(page.text, path).fields
    return browser.post(path, fields | {name.replace("__", "."): value for name, value in typed.items()})


def person(world: World, who: str) -> Browser:
    browser = Browser(world.app)
    browser.sign_in(who)
    return browser


def judged(world: World) -> dict[str, Any]:
    """A case that a person has to assess: an amount is asked."""
    lines = [{"line_no": 1, "amount": gbp("300.00")}]
    return opened(world, ordered(world), type="price_correction", reason="wrong_price", lines=lines)


def test_an_owner_proposes_what_the_page_has_filled_in(world: World) -> None:
    case = judged(world)
    owner = person(world, OWEN)
    page = owner.get(f"/cases/{case['ref']}").text
    assert "Your proposal" in page and 'id="propose" open' in page
    done = send(
        owner, case["ref"], "propose", text="The price list says so.", lines__0__amount__amount="250.00"
    )
    assert done.status_code == 303, done.text
    now = world.person(OWEN).get(f"/v1/cases/{case['ref']}").json
    assert (now["stage"], now["amounts"]["requested"]["net"]) == ("approval", "300.00")


def test_a_proposal_made_on_an_old_page_is_refused(world: World) -> None:
    case = judged(world)
    owner = person(world, OWEN)
    world.reseller.post(f"/v1/cases/{case['ref']}/actions/note", {"text": "One more thing."})
    stale = send(owner, case["ref"], "propose", text="As it was.", version=str(case["version"]))
    assert stale.status_code == 412
    assert "As it was." in stale.text


def test_a_fact_is_stated_disputed_and_upheld_by_another(world: World) -> None:
    case = judged(world)
    owner, ellie = person(world, OWEN), person(world, ELLIE)
    assert send(owner, case["ref"], "add_fact", text="The offer ended in June.").status_code == 303
    assert "One answer" in ellie.get(f"/cases/{case['ref']}").text
    done = send(ellie, case["ref"], "dispute_fact", text="It ran to July.")
    assert done.status_code == 303
    page = owner.get(f"/cases/{case['ref']}").text
    assert "It ran to July." in page and "Your word on a disputed fact" in page
    assert send(owner, case["ref"], "withdraw_fact").status_code == 303


def test_a_case_is_handed_over_with_its_dossier_or_closed(world: World) -> None:
    case = judged(world)
    owner = person(world, OWEN)
    assert f"/cases/{case['ref']}/dossier" in owner.get(f"/cases/{case['ref']}").text
    assert send(owner, case["ref"], "reassign", text="You know them.").status_code == 303
    changed = world.person(OWEN).get(f"/v1/cases/{case['ref']}").json["contacts"]["owner"]["name"]
    assert changed != "Owen Clarke"
    assert send(owner, case["ref"], "close", root_cause="vendor_error").status_code == 303
    assert "Nobody: it is closed" in owner.get(f"/cases/{case['ref']}").text


def test_a_reseller_says_how_the_excess_comes_back(world: World) -> None:
    order = ordered(world)
    paid = {"leg": "downstream", "invoice": f"I-{order['number']}", "amount": gbp("1872.00")}
    at = order["placed_at"]
    answer = world.distributor.post(f"/v1/orders/{order['id']}/payments", paid | {"received_at": at})
    assert answer.status_code in (200, 201), answer.text
    case = opened(world, order, 20)
    ellie = person(world, ELLIE)
    wrong = send(ellie, case["ref"], "settle", refund__amount="1.00", account_credit__amount="")
    assert wrong.status_code == 422 and 'id="settle" open' in wrong.text
    excess = case["amounts"]["settlement"]["excess"]["amount"]
    done = send(ellie, case["ref"], "settle", refund__amount=excess, account_credit__amount="")
    assert done.status_code == 303, done.text
    now = world.reseller.get(f"/v1/cases/{case['ref']}").json
    assert now["amounts"]["settlement"]["refund"]["amount"] == excess


def test_more_than_the_policy_gives_is_asked_for_on_the_page(world: World) -> None:
    case = opened(world, ordered(world), 20)
    ellie = person(world, ELLIE)
    asked = {"lines__0__quantity": "4", "lines__0__percent": "50"}
    done = send(ellie, case["ref"], "request_exception", justification="They were never used.", **asked)
    assert done.status_code == 303, done.text
    assert "They were never used." in ellie.get(f"/cases/{case['ref']}").text
