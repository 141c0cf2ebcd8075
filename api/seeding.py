"""What `partnerflow up` puts into a database before it is ready: the seed, and fresh keys for its people."""

from dataclasses import asdict
from typing import Any


def seed_and_mint(app_url: str, seed: str) -> dict[str, Any]:
    """Seed once, revoke the keys of the last start and mint new ones, in one transaction.

    Takes the database as the application role, and ``story``, ``demo`` (the same people at the pace of a
    demonstration, in a world that is always open) or ``none``; returns ``{"keys": {role: key},
    "people": [{"name", "email", "role", "organisation", "key"}]}``, both empty for ``none``.
    """
    if seed == "none":
        return {"keys": {}, "people": []}
    from partnerflow.store.database import create_database_engine, unit_of_work
    from partnerflow.store.seed import mint_keys, story

    engine = create_database_engine(app_url, pool_size=1, application="partnerflow-seed")
    try:
        with unit_of_work(engine) as session:
            story(session, policy="demo", always_open=True) if seed == "demo" else story(session)
            return asdict(mint_keys(session))
    finally:
        engine.dispose()
