"""The people, the coverage and the catalogue of the story, read from the seed, all of them present."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from partnerflow.money import parse_unit_price
from partnerflow.orders.catalogue import Product
from partnerflow.people import (
    Absence,
    Actor,
    Coverage,
    Directory,
    Organisation,
    OrganisationKind,
    Person,
    Role,
)
from partnerflow.store.calendars import calendar
from partnerflow.store.seed import STORY


@cache
def world() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(STORY.read_text(encoding="utf-8"))
    return found


@cache
def directory() -> Directory:
    """The people of the story, all of them present."""
    organisations = {row["code"]: _organisation(row) for row in world()["organisations"]}
    people = {row["id"]: _person(row, organisations[row["organisation"]]) for row in world()["people"]}
    coverage = tuple(Coverage(**row | {"role": Role(row["role"])}) for row in world()["coverage"])
    return Directory(1, organisations, people, coverage)


def _organisation(row: dict[str, Any]) -> Organisation:
    opened = calendar(row["zone"], row["hours"], row["holidays"])
    own = {k: v for k, v in row.items() if k not in ("hours", "holidays", "kind", "address", "fallbacks")}
    return Organisation(
        kind=OrganisationKind(row["kind"]), calendar=opened, address=tuple(row["address"]),
        fallbacks=tuple(row["fallbacks"]), **own,
    )  # fmt: skip


def _person(row: dict[str, Any], organisation: Organisation) -> Person:
    own = row.get("hours")
    return Person(
        id=row["id"],
        organisation=row["organisation"],
        name=row["name"],
        title=row["title"],
        email=f"{row['id']}@example.org",
        phone=row["phone"],
        roles=frozenset(Role(role) for role in row["roles"]),
        calendar=calendar(own["zone"], own["hours"], own["holidays"]) if own else organisation.calendar,
        manager=row.get("manager"),
        limit=row.get("limit"),
    )


@cache
def products() -> dict[str, Product]:
    return {row["sku"]: _product(row) for row in world()["products"]}


def _product(row: dict[str, Any]) -> Product:
    members = {k: v for k, v in row.items() if k not in ("list_price", "upstream")}
    prices = (parse_unit_price(row["list_price"]), parse_unit_price(row["upstream"]))
    return Product(
        vendor="arbor", list_price=prices[0], upstream_list_price=prices[1], currency="GBP", **members
    )


def person(name: str) -> Actor:
    """Acts as a person of the story: ``person("priya-nair")``."""
    known = directory().people[name]
    return Actor(known.id, known.organisation, known.roles)


ELLIE, BEN = person("ellie-marsh"), person("ben-archer")
OWEN, SAM = person("owen-clarke"), person("sam-whitfield")
PRIYA, DANIEL, MARTA = person("priya-nair"), person("daniel-reeves"), person("marta-kowalska")
AMARA, HELEN = person("amara-diallo"), person("helen-ashworth")
NADIA, ROBIN = person("nadia-rahman"), person("robin-marsh")


def absent(
    known: Directory, name: str, since: datetime, until: datetime | None = None, delegate: str | None = None
) -> Directory:
    return changed(known, name, absences=(Absence(since, until, delegate),))


def changed(known: Directory, name: str, **changes: Any) -> Directory:
    people = known.people | {name: replace(known.people[name], **changes)}
    return replace(known, version=known.version + 1, people=people)
