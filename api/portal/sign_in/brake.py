"""How often somebody may try, by what they say who they are and by where they come from."""

from flask import request

from api.auth import engine
from api.errors import Problem
from partnerflow.store import brakes


def need_slow(rate: brakes.Rate, email: str) -> None:
    """Count an attempt for the address and one of the client; ``rate-limited`` with the seconds to wait."""
    wait = brakes.take(engine(), brakes.BY_CLIENT, request.remote_addr or "unknown")
    need(wait or brakes.take(engine(), rate, email))


def need(wait: int) -> None:
    """Refuse where there is something to wait for."""
    if wait:
        raise Problem("rate-limited", f"That was tried often; try again in {wait} seconds.", retry_after=wait)
