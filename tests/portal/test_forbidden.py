"""Which pages are whose: every page of the portal, for every role (FAULTS: Who may do what)."""

import pytest

from tests.api.calling import World
from tests.portal.browsing import Browser

WHO = {
    "reseller": "ellie.marsh@harbour.example",
    "distributor": "nadia.rahman@meridian.example",
    "case_manager": "owen.clarke@arbor.example",
    "channel_manager": "priya.nair@arbor.example",
    "finance": "amara.diallo@arbor.example",
    "executive": "helen.ashworth@arbor.example",
    "admin": "robin.marsh@arbor.example",
}
EVERYBODY = frozenset(WHO)
STAFF = frozenset({"case_manager", "channel_manager", "finance", "executive"})
WORKING = STAFF | {"reseller", "distributor"}
MONEY = STAFF - {"case_manager"}
ADMIN = frozenset({"admin"})

PAGES = {
    "/": EVERYBODY,
    "/absences": EVERYBODY,
    "/account": EVERYBODY,
    "/cases": EVERYBODY,
    "/contacts": EVERYBODY,
    "/cases/new": WORKING,
    "/credit-notes": WORKING,
    "/orders": WORKING,
    "/search": EVERYBODY,
    "/statements": MONEY | {"reseller", "distributor"},
    "/pass-through": frozenset({"distributor"}),
    "/board": STAFF,
    "/inbox": STAFF,
    "/team": STAFF,
    "/finance": MONEY | {"distributor"},
    "/finance/exposure": MONEY | {"distributor"},
    "/finance/reconciliation": MONEY | {"distributor"},
    "/finance/ledger": MONEY,
    "/policy": STAFF | ADMIN,
    "/policy/draft": frozenset({"channel_manager", "finance"}),
    "/admin": ADMIN,
    "/admin/audit": ADMIN,
    "/admin/calendars": ADMIN,
    "/admin/coverage": ADMIN,
    "/admin/deliveries": ADMIN,
    "/admin/health": ADMIN,
    "/admin/inbound": ADMIN,
    "/admin/keys": ADMIN,
    "/admin/people": ADMIN,
}
"""Who may open a page; everybody else is told that it is not theirs, or that there is none."""

WANT_MORE = {"/finance/account"}
"""Pages that are nothing without a parameter."""


@pytest.fixture(scope="module")
def browsers(world: World) -> dict[str, Browser]:
    found = {role: Browser(world.app) for role in WHO}
    for role, browser in found.items():
        browser.sign_in(WHO[role])
    return found


def pages(world: World) -> set[str]:
    rules = [rule for rule in world.app.url_map.iter_rules() if rule.endpoint.startswith("portal.")]
    plain = {rule.rule for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments}
    return {path for path in plain if not path.startswith("/sign-in")} - WANT_MORE


def test_every_page_is_in_the_table(world: World) -> None:
    assert pages(world) == set(PAGES)


@pytest.mark.parametrize("role", WHO)
def test_a_role_opens_its_own_pages_and_no_other(browsers: dict[str, Browser], role: str) -> None:
    got = {path: browsers[role].get(path).status_code for path in PAGES}
    assert {path for path, status in got.items() if status in (200, 302)} == {
        path for path, roles in PAGES.items() if role in roles
    }
    assert {status for path, status in got.items() if role not in PAGES[path]} <= {403, 404}


def test_nobody_opens_any_without_signing_in(world: World) -> None:
    stranger = Browser(world.app)
    for path in PAGES:
        answer = stranger.get(path)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in")
