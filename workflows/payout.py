"""One payment through the payment port: recorded as submitted, sent, and then what became of it.

After a lost answer nobody sends again before having looked: found is recorded, surely not there is sent once more under
the same key (DOMAIN: Money).
"""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from partnerflow.cases.money_commands import Found
from partnerflow.cases.paying import PayoutAct
from workflows.contract_payments import PaymentAnswer, PayoutInput, PayoutSummary, PayoutTold, Submission
from workflows.deadline import Deadline
from workflows.options import DATABASE, LOOK_AFTER_ANOTHER, LOOK_AT_MOST, LOOK_FIRST, PAYING
from workflows.steps import Payments, Records


@workflow.defn
class PayoutWorkflow:
    """Drives ``payout/<key>`` until it is confirmed, or waits for a person."""

    payout: PayoutSummary

    @workflow.init
    def __init__(self, start: PayoutInput) -> None:
        self.start = start
        self.deadline = Deadline(start)
        self.sent = 0
        self.looks = 0

    @workflow.signal
    def wake(self) -> None:
        self.deadline.wake()

    @workflow.run
    async def run(self, _start: PayoutInput) -> None:
        while await self._something_is_open():
            match self.payout.next_act:
                case PayoutAct.SUBMIT:
                    if await self.deadline.not_again((PayoutAct.SUBMIT, self.payout.version)):
                        await self._pay(looked=False)
                case PayoutAct.LOOK:
                    await self._look()

    async def _something_is_open(self) -> bool:
        while True:
            self.deadline.hear()
            self.payout = await workflow.execute_local_activity_method(
                Records.read_payout, self.start, **DATABASE
            )
            if self.payout.next_act is not None or self.deadline.quiet:
                return self.payout.next_act is not None

    async def _pay(self, *, looked: bool) -> None:
        """Whoever recorded the submission sends it; if that is another, this driver looks."""
        asked = Submission(self.start.key, self.payout.version, looked)
        if not await workflow.execute_local_activity_method(Records.submit_payout, asked, **DATABASE):
            return
        self.sent, self.looks = self.payout.tries + 1, 0
        try:
            answer = await workflow.execute_activity_method(Payments.send_payout, self.start, **PAYING)
        except ActivityError as failure:
            answer = PaymentAnswer(Found.UNKNOWN, reason=str(failure.cause or failure))
        await self._record(answer, self.sent)

    async def _look(self) -> None:
        """Sooner after what this driver sent itself; a wake only reads the record again."""
        mine = self.payout.unknown or self.payout.accepted or self.sent == self.payout.tries
        first = LOOK_FIRST if mine else LOOK_AFTER_ANOTHER
        if not await self.deadline.moved(min(first * 2 ** min(self.looks, 12), LOOK_AT_MOST)):
            return
        self.looks += 1
        try:
            answer = await workflow.execute_activity_method(Payments.look_for_payout, self.start, **PAYING)
        except ActivityError as failure:
            answer = PaymentAnswer(Found.UNKNOWN, reason=str(failure.cause or failure))
        if answer.found is Found.ABSENT and not self.payout.accepted:
            if await self.deadline.not_again((PayoutAct.LOOK, Found.ABSENT)):
                await self._pay(looked=True)
        elif self._says_more(answer):
            await self._record(answer, self.payout.tries)

    def _says_more(self, answer: PaymentAnswer) -> bool:
        if answer.found in (Found.UNKNOWN, Found.ABSENT):
            return not (self.payout.unknown or self.payout.accepted)
        return answer.found is not Found.ACCEPTED or not self.payout.accepted

    async def _record(self, answer: PaymentAnswer, tries: int) -> None:
        if answer.found is Found.ABSENT:
            answer = PaymentAnswer(Found.UNKNOWN, reason=answer.reason)
        told = PayoutTold(self.start.key, tries, answer)
        refusal = await workflow.execute_local_activity_method(Records.record_payout, told, **DATABASE)
        if refusal.refused:
            workflow.logger.error("the answer on %s is refused: %s", self.start.key, refusal.text)
