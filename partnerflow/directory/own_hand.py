"""What a key that somebody else made may never do, whatever the right of the person it acts as.

Whoever made a key has seen it. A decision, and everything that takes two people, counts natural persons, so such a key
would let one of them be both (FAULTS: a system key cannot decide approvals).
"""

from typing import Final

from partnerflow.people import Actor
from partnerflow.refusals import Refused

NEEDED: Final = frozenset(
    {
        "DecideStep",
        "VoidNote",
        "PublishPolicy",
        "AddOrganisation",
        "AddPerson",
        "ChangePerson",
        "ConfirmRoles",
        "AddKey",
    }
)
"""Commands by name: they belong to rooms that do not know each other."""


def refuse_anothers(command: object, actor: Actor) -> None:
    """``forbidden`` for such a command under such a key."""
    if not actor.own_hand and type(command).__name__ in NEEDED:
        raise Refused(
            "forbidden", "Somebody else made this key: it never decides. Sign in, or make a key of your own."
        )
