"""The ``story`` seed: a small believable world, and fresh API keys for its people at every start.

Written once into an empty directory; running it again changes nothing but the keys.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from partnerflow import people
from partnerflow.money import parse_unit_price
from partnerflow.orders.catalogue import EstateItem, Product
from partnerflow.people import Directory, Role, Scope
from partnerflow.policy.document import load
from partnerflow.store.codec import plain
from partnerflow.store.directory import snapshot
from partnerflow.store.policies import Loader, read, source
from partnerflow.store.tables import directory as t
from partnerflow.store.tables.policies import PolicyVersion

STORY: Final = Path(__file__).parent / "seeds" / "story.yaml"
LABEL: Final = "minted at start"
ALWAYS: Final = {"mon-sun": ["00:00-24:00"]}
FIRST_CASE: Final = Scope("GB", "licences", "standard")
"""Harbour's first case; the keys by role belong to whom the coverage picks for it."""


@dataclass(frozen=True, slots=True)
class SeedKeys:
    """``keys`` by role; ``people`` everyone, each with their own key."""

    keys: dict[str, str]
    people: list[dict[str, str]]


def story(session: Session, *, policy: str = "default", always_open: bool = False) -> None:
    """Fill an empty directory; ``always_open`` gives everybody a calendar open day and night (for the demo)."""
    if session.scalar(select(func.count()).select_from(t.Organisation)):
        return
    world = _world()
    now = session.execute(text("SELECT partnerflow_now()")).scalar_one()
    for row in world["organisations"]:
        session.add(t.Organisation(**_opened(row, always_open=always_open)))
    session.flush()
    _add_people(session, world, always_open=always_open)
    session.add_all(t.Coverage(**row) for row in world["coverage"])
    session.add_all(_absence(row, now) for row in world["absences"])
    session.add_all(_product(row) for row in world["products"])
    session.add_all(_estate(customer, row) for customer, rows in world["estates"].items() for row in rows)
    publish(session, policy)
    # Who is away already is away from the first case on: there is nobody yet who had to follow.
    session.execute(text("UPDATE directory_sync SET done_until = partnerflow_now()"))


def _world() -> dict[str, Any]:
    world: dict[str, Any] = yaml.load(STORY.read_text(encoding="utf-8"), Loader)  # noqa: S506  (a safe loader)
    return world


def publish(session: Session, name: str) -> None:
    """A shipped policy as a version of its own, in force since ever; checked before it is stored."""
    document = read(name)
    load(document, 1)
    since = datetime(2000, 1, 1, tzinfo=UTC)
    session.add(
        PolicyVersion(
            name=name,
            document=document,
            source=source(name),
            note="The policy that ships.",
            author="shipped",
            effective_at=since,
            created_at=func.partnerflow_now(),
            published_at=func.partnerflow_now(),
        )
    )
    session.flush()


def mint_keys(session: Session) -> SeedKeys:
    """Revoke the keys of the last start and mint new ones; only hashes are stored."""
    session.flush()
    stale = update(t.ApiKey).where(t.ApiKey.label == LABEL, t.ApiKey.revoked_at.is_(None))
    session.execute(stale.values(revoked_at=func.clock_timestamp()))
    known = snapshot(session).directory
    # Those of the story alone: an import may have brought a thousand buyers, who sign in by other means.
    mine = [known.people[person["id"]] for person in _world()["people"] if person["id"] in known.people]
    keys = {person.id: new_key(session, person.id) for person in mine}
    by_role = {name: keys[person] for name, person in key_holders(session, known).items()}
    shown = [
        {
            "name": person.name,
            "email": person.email,
            "role": min(person.roles),
            "organisation": person.organisation,
            "key": keys[person.id],
        }
        for person in mine
    ]
    return SeedKeys(by_role, shown)


def new_key(session: Session, person: str, label: str = LABEL, scopes: list[str] | None = None) -> str:
    """A key that acts as ``person`` within ``scopes`` (None: all that they may do)."""
    key = "pf_" + secrets.token_urlsafe(32)
    session.add(
        t.ApiKey(hash=hashlib.sha256(key.encode()).digest(), person=person, label=label, scopes=scopes)
    )
    return key


def key_holders(session: Session, known: Directory) -> dict[str, str]:
    """Role name of the key -> person, by the coverage of harbour's first case."""
    now = session.execute(text("SELECT partnerflow_now()")).scalar_one()
    roles = (Role.CASE_MANAGER, Role.CHANNEL_MANAGER, Role.FINANCE, Role.EXECUTIVE)
    found = {role.value: people.covering(known, role, FIRST_CASE, now) for role in roles}
    found["distributor"] = people.covering(known, Role.DESK, FIRST_CASE, now)
    admin = next(p for p in known.people.values() if Role.ADMIN in p.roles)
    buyers = {"reseller": "harbour", "other_reseller": "quayside"}
    holders = {name: known.organisations[org].fallbacks[0] for name, org in buyers.items()}
    return holders | {"admin": admin.id} | {name: person.id for name, person in found.items() if person}


def _opened(row: dict[str, Any], *, always_open: bool) -> dict[str, Any]:
    return row | {"hours": ALWAYS, "holidays": {}} if always_open else row


def _add_people(session: Session, world: dict[str, Any], *, always_open: bool) -> None:
    """Managers before those they manage: the table refers to itself."""
    domains = {org["code"]: f"{org['code']}.example" for org in world["organisations"]}
    for row in world["people"]:
        own = None if always_open else row.get("hours")
        session.add(
            t.Person(
                id=row["id"],
                organisation=row["organisation"],
                name=row["name"],
                title=row["title"],
                email=f"{row['id'].replace('-', '.')}@{domains[row['organisation']]}",
                phone=row["phone"],
                roles=row["roles"],
                hours=own,
                manager=row.get("manager"),
                authority_limit=row.get("limit"),
            )
        )
        session.flush()


def _absence(row: dict[str, Any], now: datetime) -> t.Absence:
    since, until = (now + timedelta(days=row[name]) for name in ("from_days", "until_days"))
    return t.Absence(person=row["person"], since=since, until=until, delegate=row["delegate"])


def _product(row: dict[str, Any]) -> t.Product:
    members = {k: v for k, v in row.items() if k not in ("list_price", "upstream")}
    product = Product(
        vendor="arbor",
        list_price=parse_unit_price(row["list_price"]),
        upstream_list_price=parse_unit_price(row["upstream"]),
        currency="GBP",
        **members,
    )
    return t.Product(vendor="arbor", sku=product.sku, data=plain(product))


def _estate(customer: str, row: dict[str, Any]) -> t.EstateItem:
    return t.EstateItem(end_customer=customer, sku=row["sku"], data=plain(EstateItem(**row)))
