"""Passwords: argon2, an answer that never says which part was wrong, and the same time whoever is meant."""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from api.auth import engine
from api.errors import Problem
from api.portal import sessions
from api.portal.catalogue import marked, say
from api.portal.sign_in.brake import need_slow
from partnerflow.store import brakes, passwords
from partnerflow.store.database import EVERY_ORGANISATION, reading, unit_of_work
from partnerflow.store.passwords import Known

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST: Final = 12
LONGEST: Final = 256
WRONG: Final = marked("This address and this password do not go together. A mailed link always works.")


def check(email: str, given: str) -> str:
    """The person; ``unauthenticated`` in the same words and time for an unknown address, one without a password, and a
    wrong one; ``rate-limited`` after some of them."""
    need_slow(brakes.TRIED_FOR_ADDRESS, email)
    with reading(engine(), EVERY_ORGANISATION) as session:
        known = passwords.of_address(session, email)
    right = verify(given, known.hash if known else None)
    if known is None or not right:
        sessions.log("refused", "password", known.person if known else None)
        raise Problem("unauthenticated", WRONG)
    brakes.let_go(engine(), brakes.TRIED_FOR_ADDRESS, email)
    _renew(known, given)
    return known.person


def verify(given: str, hashed: str | None) -> bool:
    """Whether it is the password; where there is none, one is checked all the same."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        hasher().verify(hashed or _nobodys(), _text(given))
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def hashed(given: str) -> str:
    """What is kept."""
    return hasher().hash(_text(given))


def refuse_weak(given: str, again: str, email: str) -> str | None:
    """What is wrong with a new password; None: nothing."""
    if given != again:
        return say("The two are not the same.")
    if not SHORTEST <= len(given) <= LONGEST:
        return say(
            "A password has %(shortest)s to %(longest)s characters; a few words make a good one.",
            shortest=SHORTEST,
            longest=LONGEST,
        )
    if len(set(given)) < 5 or email.partition("@")[0].casefold() in given.casefold():
        return say("That is too easy to guess: leave out your own name, and use more than a few letters.")
    return None


@cache
def hasher() -> "PasswordHasher":
    """argon2id with the library's parameters; a hash made with older ones is made again at the next sign-in."""
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    return hasher().hash("nobody's password")


def _renew(known: Known, given: str) -> None:
    if known.hash is not None and hasher().check_needs_rehash(known.hash):
        with unit_of_work(engine()) as session:
            passwords.rehash(session, known.person, known.hash, hashed(given))


def _text(given: str) -> bytes:
    """The same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFC", given[: LONGEST + 1]).encode()
