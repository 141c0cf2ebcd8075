"""The world of the simulated year: some forty people of the operator in eight countries, its distributors and
resellers, and the policies that come into force. Deterministic by the random number generator that is handed in.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from partnerflow.calendars import Calendar, add
from partnerflow.orders.catalogue import Product
from partnerflow.people import Absence, Coverage, Directory, Organisation, OrganisationKind, Person, Role
from partnerflow.policy.document import Policy, load, merge
from partnerflow.store.calendars import calendar
from partnerflow.store.policies import read

BEGIN: Final = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
END: Final = datetime(2027, 12, 31, 18, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)

OFFICES: Final[dict[str, tuple[str, dict[str, list[str]], dict[str, str]]]] = {
    "GB": (
        "Europe/London",
        {"mon-fri": ["09:00-12:30", "13:00-17:30"]},
        {"country": "GB", "subdivision": "ENG"},
    ),
    "IE": ("Europe/Dublin", {"mon-fri": ["09:00-13:00", "14:00-17:30"]}, {"country": "IE"}),
    "FR": (
        "Europe/Paris",
        {"mon-thu": ["09:00-12:00", "13:30-18:00"], "fri": ["09:00-12:00", "13:30-16:30"]},
        {"country": "FR"},
    ),
    "DE": ("Europe/Berlin", {"mon-fri": ["08:30-12:30", "13:00-17:00"]}, {"country": "DE", "subdivision": "BY"}),
    "ES": ("Europe/Madrid", {"mon-thu": ["09:00-14:00", "15:00-18:30"], "fri": ["08:00-15:00"]}, {"country": "ES"}),
    "SE": ("Europe/Stockholm", {"mon-fri": ["08:00-12:00", "12:45-16:45"]}, {"country": "SE"}),
    "PL": ("Europe/Warsaw", {"mon-fri": ["08:00-16:00"]}, {"country": "PL"}),
    "US": ("America/New_York", {"mon-fri": ["09:00-12:30", "13:30-18:00"]}, {"country": "US", "subdivision": "NY"}),
}  # fmt: skip
"""Zone, hours and holidays per country; two of them change their clocks on other days than the rest."""

FAMILIES: Final = ("licences", "hardware", "services")
SKUS: Final = {"licences": "LIC-PRO", "hardware": "HW-DOCK", "services": "SUP-GOLD"}


@dataclass(frozen=True)
class World:
    """``comings`` are the instants at which somebody leaves or changes roles, with the directory from then on;
    ``policies`` by version, ``published`` with the instant they come into force and whether clocks move to them."""

    directory: Directory
    products: dict[str, Product]
    comings: tuple[tuple[datetime, Directory], ...]
    policies: dict[int, Policy]
    published: tuple[tuple[datetime, int, bool], ...]

    def in_force(self, at: datetime) -> int:
        return max(version for since, version, _ in self.published if since <= at)


def world(random: Random) -> World:
    people = _people()
    organisations = _organisations()
    directory = Directory(1, organisations, people, _coverage())
    directory = replace(directory, people=_with_absences(directory, random))
    policies, published = _policies()
    return World(directory, _products(), _comings(directory, random), policies, published)


def office(country: str) -> Calendar:
    zone, hours, holidays = OFFICES[country]
    return calendar(zone, hours, holidays)


def _organisations() -> dict[str, Organisation]:
    arbor = _organisation("arbor", OrganisationKind.VENDOR, "GB", operator=True)
    found = {
        "arbor": replace(
            arbor,
            fallbacks=("arbor-support-head", "arbor-sales-gb", "arbor-sponsor"),
            on_call="on-call@arbor.example",
        )
    }
    for country in OFFICES:
        name = f"dist-{country.lower()}"
        found[name] = _organisation(name, OrganisationKind.DISTRIBUTOR, country)
        for number in range(1, 4):
            name = f"shop-{country.lower()}-{number}"
            shop = _organisation(name, OrganisationKind.RESELLER, country)
            found[name] = replace(shop, tier="gold" if number == 1 else "standard")
    return found


def _organisation(code: str, kind: OrganisationKind, country: str, **more: Any) -> Organisation:
    opened = office(country)
    return Organisation(
        code=code, kind=kind, name=code.replace("-", " ").title(), country=country, zone=opened.zone,
        locale="en_GB", currency="GBP", vat_id=f"{country} {code}", address=(code,), calendar=opened,
        series_code=code.upper(), mandated=True, fallbacks=(f"{code}-1",), **more,
    )  # fmt: skip


def _people() -> dict[str, Person]:
    """The operator's people first: an executive line, finance, support, and a sales line per country."""
    rows: list[tuple[str, str, Role, str | None, int | None]] = [
        ("coo", "GB", Role.EXECUTIVE, None, None),
        ("sponsor", "GB", Role.EXECUTIVE, "coo", None),
        ("sponsor-eu", "DE", Role.EXECUTIVE, "coo", None),
        ("sponsor-us", "US", Role.EXECUTIVE, "coo", None),
        ("finance-director", "GB", Role.FINANCE, "sponsor", None),
        ("channel-director", "DE", Role.CHANNEL_MANAGER, "sponsor", 10_000_000),
        ("support-head", "GB", Role.CASE_MANAGER, "channel-director", None),
        ("support-head-us", "US", Role.CASE_MANAGER, "sponsor-us", None),
        ("licensing-1", "GB", Role.LICENSING, "support-head", 1_000_000),
        ("licensing-2", "DE", Role.LICENSING, "support-head", 1_000_000),
        ("admin", "GB", Role.ADMIN, "coo", None),
    ]
    for country in OFFICES:
        place = country.lower()
        above = "sponsor-us" if country == "US" else "channel-director"
        support = "support-head-us" if country == "US" else "support-head"
        rows += [
            (f"sales-{place}", country, Role.CHANNEL_MANAGER, above, 5_000_000),
            (f"licences-{place}", country, Role.CHANNEL_MANAGER, f"sales-{place}", 1_000_000),
            (f"cases-{place}", country, Role.CASE_MANAGER, support, None),
            (f"credit-{place}", country, Role.FINANCE, "finance-director", 2_500_000),
        ]
    found = {row.id: row for row in (_person("arbor", *row) for row in rows)}
    for country in OFFICES:
        dist = f"dist-{country.lower()}"
        found |= {
            p.id: p
            for p in (_person(dist, "1", country, Role.DESK), _person(dist, "2", country, Role.DESK, "1"))
        }
        for number in range(1, 4):
            shop = f"shop-{country.lower()}-{number}"
            first, second = (
                _person(shop, "1", country, Role.BUYER),
                _person(shop, "2", country, Role.BUYER, "1"),
            )
            found |= {first.id: first, second.id: second}
    return found


def _person(
    organisation: str,
    name: str,
    country: str,
    role: Role,
    manager: str | None = None,
    limit: int | None = None,
) -> Person:
    whole = f"{organisation}-{name}"
    return Person(
        id=whole, organisation=organisation, name=whole.replace("-", " ").title(), title=role.value,
        email=f"{whole}@example.org", phone="+44 20 5550 0100", roles=frozenset({role}), calendar=office(country),
        manager=f"{organisation}-{manager}" if manager else None, limit=limit,
    )  # fmt: skip


def _coverage() -> tuple[Coverage, ...]:
    rows = [
        Coverage(Role.CASE_MANAGER, "arbor-support-head"),
        Coverage(Role.CHANNEL_MANAGER, "arbor-channel-director"),
        Coverage(Role.FINANCE, "arbor-finance-director"),
        Coverage(Role.EXECUTIVE, "arbor-sponsor"),
        Coverage(Role.EXECUTIVE, "arbor-sponsor-eu"),
        Coverage(Role.EXECUTIVE, "arbor-sponsor-us", country="US"),
        Coverage(Role.LICENSING, "arbor-licensing-1"),
        Coverage(Role.LICENSING, "arbor-licensing-2", country="DE"),
    ]
    for country in OFFICES:
        place = country.lower()
        rows += [
            Coverage(Role.CASE_MANAGER, f"arbor-cases-{place}", country=country),
            Coverage(Role.CHANNEL_MANAGER, f"arbor-sales-{place}", country=country),
            Coverage(Role.CHANNEL_MANAGER, f"arbor-licences-{place}", country=country, family="licences"),
            Coverage(Role.FINANCE, f"arbor-credit-{place}", country=country),
            Coverage(Role.DESK, f"dist-{place}-2", country=country, family="hardware"),
            Coverage(Role.DESK, f"dist-{place}-1", country=country),
        ]
    return tuple(rows)


STAYS: Final = frozenset({"arbor-sponsor"})
"""The last fallback person: cannot be away (``last-fallback``)."""


def _with_absences(known: Directory, random: Random) -> dict[str, Person]:
    """Each takes two to four leaves of one to fifteen days, and is sick twice; some name a delegate."""
    found = {}
    for person in known.people.values():
        absences = () if person.id in STAYS else tuple(_absences(person, known, random))
        found[person.id] = replace(person, absences=absences)
    return found


def _absences(person: Person, known: Directory, random: Random) -> list[Absence]:
    colleagues = sorted(
        p.id for p in known.of(person.organisation) if p.id != person.id and Role.ADMIN not in p.roles
    )
    rows, at = [], BEGIN + random.randint(2, 40) * DAY
    while at < END:
        days = random.choice([1, 1, 2, 5, 5, 10, 15])
        delegate = random.choice(colleagues) if colleagues and random.random() < 0.6 else None
        since = at + timedelta(minutes=random.randint(0, 900))
        rows.append(Absence(since, since + days * DAY, delegate))
        at = since + (days + random.randint(30, 90)) * DAY
    return rows


def _comings(known: Directory, random: Random) -> tuple[tuple[datetime, Directory], ...]:
    """Four leavers, whose work goes to their colleagues, and three changes of roles, spread over the year; each with
    the directory from then on. Absences stand in it already and are looked at when they begin and end."""
    ours = sorted(
        p.id for p in known.of("arbor") if "-cases-" in p.id or "-licences-" in p.id or "-credit-" in p.id
    )
    chosen = random.sample(ours, 7)
    changes: list[tuple[datetime, str, dict[str, Any]]] = []
    for number, who in enumerate(chosen):
        at = BEGIN + (random.randint(20, 45) + number * 42) * DAY
        what = {"active": False} if number < 4 else {"roles": frozenset({Role.LICENSING})}
        changes.append((at, who, what))
    found = []
    for at, who, what in sorted(changes, key=lambda change: change[0]):
        people = known.people | {who: replace(known.people[who], **what)}
        known = replace(known, version=known.version + 1, people=people)
        found.append((at, known))
    return tuple(found)


def _policies() -> tuple[dict[int, Policy], tuple[tuple[datetime, int, bool], ...]]:
    """The shipped one; then shorter decisions, for new cases only; then longer ones, and another limit, with clocks
    moved."""
    more = (
        (2, 90, {"allowances": {"decision": 720, "step": 360}}, False),
        (3, 181, {"allowances": {"decision": 1200, "step": 600, "owner": 300}}, True),
        (4, 270, {"allowances": {"decision": 960, "step": 480, "owner": 240}, "warnings": [60, 90]}, True),
    )
    policies = {1: load(read("default"), 1)}
    published = [(BEGIN - DAY, 1, False)]
    for version, day, over, clocks in more:
        policies[version] = load(merge(read("default"), over), version)
        published.append((BEGIN + day * DAY, version, clocks))
    return policies, tuple(published)


def _products() -> dict[str, Product]:
    rows = (
        ("LIC-PRO", "licences", 50_000_000, 44_000_000),
        ("LIC-STD", "licences", 31_200_000, 27_450_000),
        ("HW-DOCK", "hardware", 149_000_000, 131_100_000),
        ("SUP-GOLD", "services", 1_200_000_000, 1_056_000_000),
    )
    return {
        sku: Product(sku, "arbor", family, sku, price, upstream, "GBP")
        for sku, family, price, upstream in rows
    }


def arrivals(count: int, known: Directory, random: Random) -> list[tuple[datetime, str]]:
    """When each case is sent and by which person of a reseller: within their working hours, over the whole year."""
    buyers = sorted(p.id for p in known.people.values() if Role.BUYER in p.roles)
    year = 250 * 8 * 3600
    found = []
    for _ in range(count):
        who = random.choice(buyers)
        at = add(known.people[who].calendar, BEGIN, random.randint(60, year))
        found.append((min(at, END), who))
    return sorted(found)
