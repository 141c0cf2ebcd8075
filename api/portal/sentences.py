"""Sentences that the core says in English and that are the same for every case: pages translate them by ``|known``."""

from typing import Final

from api.portal.catalogue import marked as _

SENTENCES: Final = (
    _("The case is closed."),
    _("It has reached the top: the executive is reminded every working morning."),
    _("The clock is paused until the answer arrives."),
    _("It is at the top: nobody is above whoever has it now."),
    _("Nothing can climb at this stage."),
)
"""Why there is no next rung (partnerflow/cases/status.py)."""
