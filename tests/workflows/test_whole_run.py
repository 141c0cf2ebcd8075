"""Worked example 1 driven to its end by the real drivers on the real desk, record and Temporal."""

import asyncio

from api.embedded.mail import MailSink, messages
from api.embedded.upstream import UpstreamDouble
from partnerflow.cases.model import CaseOutcome, Stage
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, not_running, seeded, until
from tests.workflows.rows import rows

UNSENT = "SELECT id FROM delivery WHERE state NOT IN ('sent', 'dropped')"
"""A reminder whose clock has restarted meanwhile is dropped."""


def test_the_wrong_licence_climbs_is_approved_and_credited_and_every_message_is_a_mail(
    database: Database, temporal: Namespace, upstream: UpstreamDouble, mail: MailSink
) -> None:
    """As in production: messages are written, sent to a mail server, filed there."""
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal, sending=True, upstream_url=upstream.url, smtp_url=mail.url):
                target = house.order()
                ref = house.open_exchange(target)
                first = house.case(ref).step
                assert first
                await asyncio.to_thread(house.advance, hours=25)
                climbed = house.case(ref).step
                assert climbed
                assert climbed.id == first.id
                assert climbed.rung == 1
                assert climbed.deciders != first.deciders
                house.approve(ref)
                house.approve(ref)
                await until(lambda: house.case(ref).stage is Stage.PASSING_ON)
                assert upstream.read(f"{ref}-1")["request"]["lines"] == [{"line_no": 1, "quantity": 50}]
                house.pass_on(ref)
                assert house.case(ref).outcome is CaseOutcome.CREDITED
                client = await temporal.connect()
                await until(
                    lambda: not_running(client, f"case/{ref}", f"approval/{ref}-1", f"remedy/{ref}-1")
                )
                await until(lambda: rows(house.engine, UNSENT) == [])

        asyncio.run(story())
        notes = rows(house.engine, "SELECT kind, leg, gross FROM note ORDER BY kind, leg")
        assert notes == [
            ("credit_note", "downstream", 288_000),
            ("credit_note", "upstream", 253_440),
            ("rebill", "downstream", 172_224),
            ("rebill", "upstream", 151_524),
        ]
        assert rows(
            house.engine, "SELECT count(*) FROM document WHERE substr(pdf, 1, 4) = '\\x25504446'::bytea"
        ) == [4]
        assert rows(
            house.engine, "SELECT count(*) FROM document WHERE cii IS NOT NULL AND ubl IS NOT NULL"
        ) == [4]
        assert rows(house.engine, "SELECT DISTINCT state FROM delivery WHERE reminds IS NULL") == ["sent"]
        every_message_is_filed(house, mail)


def every_message_is_filed(house: House, mail: MailSink) -> None:
    """Once each, with the notes attached."""
    filed = list(messages(mail.directory))
    assert len(filed) == rows(house.engine, "SELECT count(*) FROM delivery WHERE state = 'sent'")[0]
    assert len({message["Message-ID"] for message in filed}) == len(filed)
    numbers = {str(part.get_filename()) for message in filed for part in message.iter_attachments()}
    assert {name[:6] for name in numbers} >= {"ARB-CN", "MER-CN"}
