"""Sentences that the core says in English and that are the same for every case: pages translate them by ``|known``.

What a refusal says with a number or a name in it stays as it comes."""

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
POLICY: Final = (
    _("Units that were activated are in use and are not credited."),
    _("Unused hardware is credited in full within 14 days."),
    _("Unused hardware is credited at 85 % from the 15th to the 30th day."),
    _("Units that were not activated are credited in full within 30 days."),
    _("After 30 days nothing is credited."),
)
"""The clauses of the policy that ships; those of a house's own stay as it wrote them."""
REFUSALS: Final = (
    _("There is nobody above to take it to."),
    _("You took this stage up once already; the next rung comes by itself."),
    _("The clock is paused: your answer is awaited."),
    _("Say why you take it up."),
    _("The case has changed since you read it: read it again."),
    _("It cannot have been passed on in the future."),
    _("That is what the fact says already."),
    _("The fact is confirmed already."),
    _("The fact is disputed already."),
    _("The fact was withdrawn."),
    _("Somebody who neither added nor disputed the fact must look at the evidence."),
    _("The last step has begun: it is decided now, or withdrawn."),
    _("The time to appeal is over; a note can still be added."),
    _("Ask for at least one line."),
    _("Say how many units of a line, or which amount."),
    _("An exception is for a line that is asked for."),
    _("This step is not yours to decide."),
    _("You asked for, proposed, benefit from or already decided on this; somebody else must decide."),
    _("You decided this step already."),
    _("This is above your authority limit; pass it on or let it climb."),
    _("Say why in text: the partner reads it."),
    _("Nothing would be credited: decline it, with your reason."),
    _("Say what you approve: lines, or one amount."),
    _("Net and tax must add up to the gross."),
    _("Name a colleague, by id or e-mail address."),
    _("A call is asked for already; add a note if the number has changed."),
    _("Give a number that we can call."),
    _("Choose a time that is still to come."),
    _("Nothing of the order is left."),
    _("You may not do this on this case."),
    _("You asked for it: another person of finance has to agree."),
    _("There is no such order."),
    _("There is no such case."),
    _("The window for cancelling this order has closed; open a case to put it right."),
    _("You may not do this to this order."),
    _("Name the findings to acknowledge."),
    _("Say why."),
    _("There is nothing at this path."),
    _("Only those who work on cases see this."),
    _("Only those who work on cases decide."),
    _("Choose at least one file."),
    _("There is no such draft; it may have been sent already."),
    _("The provider does not answer just now; a mailed link works meanwhile."),
)
"""Of the refusals those that people meet on pages."""
