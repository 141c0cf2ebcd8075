"""How many requests an organisation may send in a second, counted by each process for itself."""

from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from flask import Flask, g

from api.errors import Problem


@dataclass(slots=True)
class Bucket:
    """``left`` requests may come at once; ``rate`` more every second, up to a second's worth."""

    rate: float
    left: float
    at: float


@dataclass(slots=True)
class Limits:
    rate: float
    buckets: dict[str, Bucket] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def take(self, organisation: str, now: float) -> bool:
        """Whether one more request of this organisation is within its rate."""
        with self.lock:
            bucket = self.buckets.setdefault(organisation, Bucket(self.rate, self.rate, now))
            bucket.left = min(bucket.rate, bucket.left + (now - bucket.at) * bucket.rate)
            bucket.at = now
            if bucket.left < 1:
                return False
            bucket.left -= 1
            return True


def register_limits(app: Flask, rate: float) -> None:
    """Refuse with rate-limited what goes over; registered after the sign-in, which says whose it is."""
    limits = Limits(rate)

    def check() -> None:
        who = g.get("reader")
        if who is not None and not limits.take(who.organisation, monotonic()):
            raise Problem(
                "rate-limited", "That is more than your organisation may send in a second; slow down."
            )

    app.before_request(check)
