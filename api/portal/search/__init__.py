"""Search: cases, orders, notes and people by the beginnings of words and numbers; a whole number leads straight there.

What a reader may not see is not found: row-level security, the region, and no number of a leg they do not see.
"""

from typing import Any, Final

from flask import Blueprint, Response, redirect

from api.auth import reader, session
from api.portal.me import Me, need_me
from api.portal.page import page
from api.requests import read_query
from api.schemas.fields import Query, Text
from api.schemas.shown import case as shown_case
from api.schemas.shown import order as shown_order
from api.schemas.shown.plain import money
from api.v1.sight import need_partner_or_staff, own_sight
from partnerflow.orders.model import Leg, Order
from partnerflow.people import Person
from partnerflow.store import searching

room = Blueprint("search", __name__)

EACH: Final = 10
"""Of a kind, the newest; whoever finds too many writes one word more."""


class Search(Query):
    q = Text(load_default="", blank=True, longest=200)


@room.get("/search")
def search() -> Response:
    """What fits, by kind; on to the one page where ``q`` is all of a number."""
    asked, who = read_query(Search())["q"].strip(), need_me()
    if not reader().admin_only:
        need_partner_or_staff()
    words = searching.words_of(asked)
    found = _found(words, who)
    there = _exactly(asked, found)
    if there is not None:
        answer = redirect(there)
        assert isinstance(answer, Response)
        return answer
    count = sum(len(each) for each in found.values())
    shown: dict[str, Any] = {"q": asked, "searched": bool(words), "count": count, "most": EACH} | found
    return page("search/search.html", **shown)


def _found(words: tuple[str, ...], who: Me) -> dict[str, list[dict[str, Any]]]:
    """An admin finds people, and cases by their reference alone: amounts and words are not theirs."""
    sight, people = own_sight(), _people(words, who)
    if reader().admin_only:
        words = words if len(words) == 1 and words[0].startswith("pf-") else ()
        cases = searching.cases(session(), sight, words, EACH)
        return {"cases": [_case(each, who) for each in cases], "orders": [], "notes": [], "people": people}
    cases = searching.cases(session(), sight, words, EACH)
    orders = searching.orders(session(), sight, words, EACH)
    notes = searching.notes(session(), sight, words, EACH)
    return {
        "cases": [_case(each, who) for each in cases],
        "orders": [shown_order.summary(each) | {"invoice": _invoice(each, words)} for each in orders],
        "notes": [_note(each) for each in notes if reader().sees_upstream or each.leg != Leg.UPSTREAM.value],
        "people": people,
    }


def _case(case: Any, who: Me) -> dict[str, Any]:
    return shown_case.summary(case, who.directory, who.at, reader())


def _invoice(order: Order, words: tuple[str, ...]) -> str | None:
    """The invoice it was found by."""
    seen = [i.number for i in order.invoices if reader().sees_upstream or i.leg is not Leg.UPSTREAM]
    return next((number for number in seen if any(number.lower().startswith(word) for word in words)), None)


def _note(note: searching.FoundNote) -> dict[str, Any]:
    """A credit note has a page of its own; of the others the case has the paper."""
    own = note.kind == "credit_note"
    return {
        "number": note.number,
        "kind": note.kind,
        "leg": note.leg,
        "case_ref": note.case_ref,
        "gross": money(note.gross, note.currency),
        "href": f"/credit-notes/{note.number}" if own else f"/cases/{note.case_ref}",
    }


def _people(words: tuple[str, ...], who: Me) -> list[dict[str, Any]]:
    """The operator's people find everybody, partners their own colleagues."""
    known = who.directory.people.values()
    mine = [p for p in known if reader().operator or p.organisation == who.organisation.code]
    fit = [p for p in mine if words and not p.gone(who.at) and _fits(p, words)]
    return [_person(p, who) for p in sorted(fit, key=lambda p: p.name)[:EACH]]


def _fits(person: Person, words: tuple[str, ...]) -> bool:
    have = [*searching.words_of(f"{person.name} {person.title}"), person.email.lower()]
    return all(any(each.startswith(word) for each in have) for word in words)


def _person(person: Person, who: Me) -> dict[str, Any]:
    return {
        "name": person.name,
        "title": person.title,
        "organisation": person.organisation,
        "email": person.email,
        "phone": person.phone,
        "present": person.present(who.at),
    }


def _exactly(asked: str, found: dict[str, list[dict[str, Any]]]) -> str | None:
    """The one page that all of a number means; None where it means several, or none."""
    number = asked.casefold()
    there = {f"/cases/{each['ref']}" for each in found["cases"] if each["ref"].casefold() == number}
    there |= {f"/orders/{each['id']}" for each in found["orders"] if each["number"].casefold() == number}
    there |= {each["href"] for each in found["notes"] if each["number"].casefold() == number}
    return there.pop() if len(there) == 1 else None
