"""The amounts of a dossier: per leg what was asked, granted, credited and billed instead, and where it went."""

from typing import Any

from api.portal import words
from api.portal.dossier.gathering import Gathered
from api.portal.words import say
from notifications.dossier import Section, Table

MEMBERS = ("requested", "approved", "credited", "restocking_fees", "rebill", "bill_falls_by")


def amounts(g: Gathered) -> Section:
    """One table for each leg this reader sees, then what is asked line by line, and how it was given back."""
    c = g.shown
    tables = [_leg(c["amounts"], words.term("downstream") if c.get("amounts_upstream") else "")]
    if c.get("amounts_upstream"):
        tables.append(_leg(c["amounts_upstream"], words.term("upstream")))
    return Section("amounts", say("Amounts"), _given_back(c), tables=(_lines(c), *tables))


def _leg(a: dict[str, Any], caption: str) -> Table:
    labels = {
        "requested": say("Asked"),
        "approved": say("Approved"),
        "credited": say("Credited"),
        "restocking_fees": say("of which kept as restocking fee"),
        "rebill": say("Billed instead"),
        "bill_falls_by": say("The bill falls by"),
    }
    rows = tuple(
        (labels[name], *(words.figure(found[part]) for part in ("net", "tax", "gross")))
        for name in MEMBERS
        if (found := a.get(name))
    )
    heads = (say("What"), say("Net"), say("VAT"), f"{say('Gross')} ({a['currency']})")
    return Table(heads, rows, figures=(1, 2, 3), caption=caption)


def _lines(c: dict[str, Any]) -> Table:
    rows = [(_line(each), _much(each), each["clause"] or "–") for each in c["lines"]]
    rows += [
        (say("Instead"), f"{item['quantity']} × {item['sku']}", item["description"])
        for item in (c["wanted"]["lines"] if c["wanted"] else ())
    ]
    return Table((say("Line"), say("Asked"), say("Policy clause")), tuple(rows))


def _line(each: dict[str, Any]) -> str:
    named = say("Line %(no)s", no=each["line_no"])
    return f"{named} ({say('exception')})" if each["exception"] else named


def _much(each: dict[str, Any]) -> str:
    if each.get("amount"):
        return words.money(each["amount"])
    part = f" ({each['part']['left']}/{each['part']['of']})" if each["part"] else ""
    return f"{each['quantity']} × {each['percent']} %{part}"


def _given_back(c: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    found, a = [], c["amounts"]
    if a["settlement"]:
        labels = {
            "unpaid_reduced": say("Clears the invoice"),
            "account_credit": say("To the account"),
            "refund": say("Paid back"),
            "settled_outside": say("Settled outside"),
        }
        found = [(labels[name], words.money(a["settlement"][name])) for name in labels]
    found.append((say("Still to pay"), words.money(a["still_to_pay"])))
    if c["pass_through"]:
        passed = c["pass_through"]
        found.append((say("Passed on"), f"{words.term(passed['how'])}, {passed['reference']}"))
    return tuple(found)
