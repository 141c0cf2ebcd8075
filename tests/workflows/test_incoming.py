"""A mail that comes in does what the same words would do by hand, once, as the person it can only be, or nothing."""

import itertools
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from imap_tools.errors import MailboxLoginError
from sqlalchemy import text

from api.embedded.process import free_port
from notifications import reply
from notifications.email import SendFailed
from partnerflow.cases.commands import AddNote, Answer, AskPartner, Withdraw
from partnerflow.cases.model import Case
from partnerflow.desk.inbound import DiscardMail, ReleaseMail
from partnerflow.directory.commands import ChangePerson, ClearUndeliverable
from partnerflow.store import inbound
from partnerflow.store.database import reading, unit_of_work
from partnerflow.store.inbound import Staged
from tests.notifications.inbound_mails import DESK, ELLIE, SECRET, a_bounce, a_mail
from tests.support.fresh import Database
from tests.support.imap import mailbox
from tests.workflows.house import House, seeded
from workflows.activities.messages import send_once
from workflows.incoming.box import Box, fetch
from workflows.incoming.intake import take_next
from workflows.incoming.outgoing import answerable
from workflows.incoming.parts import House as Judged
from workflows.incoming.receiver import Address, Listening, Receiver

DOMAIN = "reply.example"
OWEN, PRIYA, NADIA = "owen.clarke@arbor.example", "priya.nair@arbor.example", "nadia.rahman@meridian.example"
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def house(module_database: Database) -> Iterator[House]:
    with seeded(module_database) as found:
        yield found


@pytest.fixture
def ref(house: House) -> str:
    """A case before its first decider."""
    return house.open_exchange(house.order(f"IN-{next(NUMBERS)}"))


def judged(house: House) -> Judged:
    return Judged(house.engine, SECRET, DESK, "https://desk.example")


def address(ref: str, person: str) -> str:
    return reply.address(SECRET, DOMAIN, ref, person)


def came(house: House, message: EmailMessage, to: str, envelope: str | None = ELLIE) -> dict[str, Any]:
    """Staged and taken in, as the worker does it; what became of it."""
    from notifications.inbound import digest_of, parse

    raw = message.as_bytes()
    digest = digest_of(parse(raw), raw, to)
    with unit_of_work(house.engine) as session:
        inbound.stage(session, digest, "smtp", envelope, to, raw)
    while take_next(judged(house)):
        pass
    with reading(house.engine, "*") as session:
        found = inbound.read(session, digest.hex()[:32])
    assert found is not None
    return found


def mail(text_: str, sender: str = ELLIE) -> EmailMessage:
    return a_mail(text_, sender=sender, n=next(NUMBERS))


def notes(house: House, ref: str) -> list[tuple[str, str]]:
    query = "SELECT data ->> 'visibility', data ->> 'text' FROM event WHERE stream = :ref AND kind = 'case.note_added'"
    with reading(house.engine, "*") as session:
        return [(row[0], row[1]) for row in session.execute(text(query + " ORDER BY seq"), {"ref": ref})]


def ask(house: House, ref: str, question: str = "Which keys were never used?") -> Case:
    house.do("priya-nair", f"case/{ref}", AskPartner(question))
    case = house.case(ref)
    assert case.awaiting_partner
    return case


def test_a_reply_answers_the_one_open_question_and_the_clock_runs_on(house: House, ref: str) -> None:
    ask(house, ref)
    quoted = "Four keys.\n\nOn Mon, 4 Jan 2027 at 10:00, Priya Nair <desk@x.invalid> wrote:\n\n> Which keys?"
    found = came(house, mail(quoted), address(ref, "ellie-marsh"))
    assert (found["state"], found["outcome"], found["person"]) == ("taken", "answer", "ellie-marsh")
    case = house.case(ref)
    assert not case.awaiting_partner
    assert case.questions[0].answer == "Four keys."
    assert {clock.state.value for clock in case.clocks if clock.name in ("decision", "step")} == {"running"}


def test_the_same_mail_twice_is_one(house: House, ref: str) -> None:
    message, to = mail("Any news?"), address(ref, "ellie-marsh")
    first, again = came(house, message, to), came(house, message, to)
    assert first == again
    assert notes(house, ref) == [("public", "Any news?")]


def test_a_worker_that_dies_in_between_leaves_one_note(house: House, ref: str) -> None:
    message, to = mail("Once."), address(ref, "ellie-marsh")
    message.add_attachment(b"keys", maintype="text", subtype="csv", filename="keys.csv")
    found = came(house, message, to)
    with unit_of_work(house.engine) as session:
        session.execute(text("UPDATE inbound_mail SET state = 'staged' WHERE id = :id"), {"id": found["id"]})
    came(house, message, to)
    assert [said for _, said in notes(house, ref)] == ["Once.\n\nFiles: keys.csv"]
    assert len(house.case(ref).attachments) == 1


def test_without_a_question_or_with_several_it_is_a_note(house: House, ref: str) -> None:
    assert came(house, mail("Hello."), address(ref, "ellie-marsh"))["outcome"] == "note"
    ask(house, ref)
    ask(house, ref, "And since when?")
    assert came(house, mail("Four."), address(ref, "ellie-marsh"))["outcome"] == "note"
    assert house.case(ref).awaiting_partner


def test_a_question_answered_meanwhile_leaves_the_words_as_a_note(house: House, ref: str) -> None:
    ask(house, ref)
    house.do("ellie-marsh", f"case/{ref}", Answer("q1", "Four."))
    assert came(house, mail("Four!"), address(ref, "ellie-marsh"))["outcome"] == "note"
    house.do("ellie-marsh", f"case/{ref}", Withdraw("No need."))
    assert came(house, mail("Thanks."), address(ref, "ellie-marsh"))["outcome"] == "note"


def test_files_join_the_case_and_a_refused_one_is_named(house: House, ref: str) -> None:
    message = mail("See here.")
    message.add_attachment(b"key,used\n1,no\n", maintype="text", subtype="csv", filename="../keys.csv")
    message.add_attachment(b"MZ\x90\x00", maintype="application", subtype="octet-stream", filename="tool.exe")
    message.add_attachment(b"a" * (11 * 2**20), maintype="text", subtype="plain", filename="big.txt")
    came(house, message, address(ref, "ellie-marsh"))
    (said,) = [said for _, said in notes(house, ref)]
    assert said == (
        "See here.\n\nFiles: keys.csv\n\nNot taken: tool.exe (file type not allowed), big.txt (file too large)"
    )
    (kept,) = house.case(ref).attachments
    assert (kept.name, kept.by, kept.channel) == ("keys.csv", "ellie-marsh", "mail")


def test_a_reply_never_decides(house: House, ref: str) -> None:
    found = came(house, mail("Approved.", PRIYA), address(ref, "priya-nair"), PRIYA)
    assert found["outcome"] == "note"
    assert house.case(ref).step is not None
    assert notes(house, ref) == [("internal", "Approved.")]
    told = (
        "SELECT data -> 'approval' IS NOT NULL FROM delivery WHERE stream = :ref AND recipient = 'priya-nair'"
    )
    query = told + " AND event = 'case.note_added' AND audience = 'decider'"
    with reading(house.engine, "*") as session:
        assert session.execute(text(query), {"ref": ref}).scalar_one()


def test_our_people_answer_the_partner_only_where_the_partner_wrote(house: House, ref: str) -> None:
    came(house, mail("Between us: it is thin.", OWEN), address(ref, "owen-clarke"), OWEN)
    house.do("ellie-marsh", f"case/{ref}", AddNote("Any news?"))
    with reading(house.engine, "*") as session:
        query = "SELECT id FROM delivery WHERE stream = :ref AND recipient = 'owen-clarke'"
        query += " AND event = 'case.note_added' ORDER BY seq DESC LIMIT 1"
        told = session.execute(text(query), {"ref": ref}).scalars().one()
    message = mail("Tomorrow, Ellie.", OWEN)
    message["In-Reply-To"] = reply.message_id(SECRET, f"<{told}@partnerflow.mail>", ref, "owen-clarke")
    came(house, message, "desk@partnerflow.invalid", OWEN)
    assert ("internal", "Between us: it is thin.") in notes(house, ref)
    assert ("public", "Tomorrow, Ellie.") in notes(house, ref)


def test_what_our_mail_said_comes_back_in_no_note(house: House, ref: str) -> None:
    """The distributor's mails name upstream amounts, and the reseller reads its notes."""
    with reading(house.engine, "*") as session:
        query = (
            "SELECT id FROM delivery WHERE stream = :ref AND recipient = 'nadia-rahman' ORDER BY seq LIMIT 1"
        )
        delivery = inbound.read_delivery(session, session.execute(text(query), {"ref": ref}).scalar_one())
    assert delivery is not None
    from notifications.messages import mail_for

    sent = answerable(mail_for(delivery, "https://desk.example", lambda _: b""), delivery, SECRET, DOMAIN)
    assert sent.reply_to == address(ref, "nadia-rahman")
    message = mail(f"We know.\n{sent.text}", NADIA)
    message["In-Reply-To"] = sent.message_id
    assert came(house, message, sent.reply_to or "", NADIA)["state"] == "taken"
    assert [said for _, said in notes(house, ref)] == ["We know."]


@contextmanager
def unchanged(house: House, ref: str) -> Iterator[None]:
    before = house.case(ref)
    yield
    assert house.case(ref) == before


def test_a_mail_is_believed_only_from_whom_its_address_was_given_to(house: House, ref: str) -> None:
    karl = "karl.jensen@quayside.example"
    mine = address(ref, "ellie-marsh")
    with unchanged(house, ref):
        for message, to, envelope, said in (
            (mail("x", NADIA), mine, NADIA, "given to somebody else"),
            (mail("x", karl), mine, karl, "given to somebody else"),
            (mail("x", karl), address(ref, "karl-jensen"), karl, "no part"),
            (mail("x", "nobody@harbour.example"), mine, None, "Nobody we know"),
            (mail("x"), mine, "evil@elsewhere.example", "another domain"),
            (mail("x"), "desk@partnerflow.invalid", ELLIE, "addressed to no case"),
            (mail("x"), address("PF-2099-000001", "ellie-marsh"), ELLIE, "There is no case"),
            (mail("x"), mine.replace(ref.lower(), "pf-2026-999999"), ELLIE, "There is no case"),
            (mail("x", f"{ELLIE}, {NADIA}"), mine, ELLIE, "Nobody we know"),
        ):
            found = came(house, message, to, envelope)
            assert found["state"] == "quarantined"
            assert said in found["reason"], found


def test_absence_notes_lists_and_our_own_mails_do_nothing(house: House, ref: str) -> None:
    with unchanged(house, ref):
        for name, value in (
            ("Auto-Submitted", "auto-replied"),
            ("Precedence", "bulk"),
            ("X-Partnerflow-Ref", ref),
        ):
            message = mail("I am away.")
            message[name] = value
            assert came(house, message, address(ref, "ellie-marsh"))["state"] == "ignored"
        assert came(house, mail("I am away."), address(ref, "ellie-marsh"), "")["state"] == "ignored"
        assert came(house, mail(""), address(ref, "ellie-marsh"))["state"] == "ignored"


def test_two_programs_that_answer_each_other_are_stopped(
    house: House, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.incoming.taking_in.MOST_AN_HOUR", 1)
    came(house, mail("One."), address(ref, "ellie-marsh"))
    found = came(house, mail("Two."), address(ref, "ellie-marsh"))
    assert (found["state"], "More mails" in found["reason"]) == ("quarantined", True)


def test_a_mail_in_quarantine_is_let_through_as_a_note_of_nobody(house: House, ref: str) -> None:
    ask(house, ref)
    found = came(house, mail("Four keys.", "ellie@private.example"), address(ref, "ellie-marsh"), None)
    house.do("robin-marsh", f"inbound/{found['id']}", ReleaseMail("Ellie called."))
    assert take_next(judged(house))
    ((seen, said),) = notes(house, ref)
    assert seen == "public"
    assert "not confirmed" in said and "ellie@private.example" in said and "Four keys." in said
    case = house.case(ref)
    assert case.awaiting_partner
    assert next(clock for clock in case.clocks if clock.name == "first_response").state.value != "breached"


def test_one_that_names_no_case_needs_one_and_another_is_put_away(house: House, ref: str) -> None:
    found = came(house, mail("Hello?"), "desk@partnerflow.invalid")
    with pytest.raises(AssertionError, match="say which"):
        house.do("robin-marsh", f"inbound/{found['id']}", ReleaseMail("Known."))
    with pytest.raises(AssertionError, match="Only an admin"):
        house.do("owen-clarke", f"inbound/{found['id']}", DiscardMail("Spam."))
    house.do("robin-marsh", f"inbound/{found['id']}", DiscardMail("Spam."))
    assert not take_next(judged(house))
    with pytest.raises(AssertionError, match="discarded"):
        house.do("robin-marsh", f"inbound/{found['id']}", ReleaseMail("Known.", ref))


def test_a_returned_mail_marks_the_address_and_reaches_another(house: House, ref: str) -> None:
    ask(house, ref)
    told = "SELECT id, seq FROM delivery WHERE stream = :ref AND recipient = 'ellie-marsh' ORDER BY seq DESC LIMIT 1"
    with reading(house.engine, "*") as session:
        delivery, seq = session.execute(text(told), {"ref": ref}).one()
    change = text("UPDATE delivery SET state = 'sent' WHERE id = :id")
    with unit_of_work(house.engine) as session:
        session.execute(change, {"id": delivery})
    report = a_bounce(ELLIE, delivery=delivery, n=next(NUMBERS))
    assert came(house, report, DESK, "")["outcome"] == "bounce"
    query = text(
        "SELECT recipient, state, reason, data -> 'facts' ->> 'instead_of' FROM delivery"
        " WHERE stream = :ref AND seq = :seq"
    )
    with reading(house.engine, "*") as session:
        rows = {row[0]: row[1:] for row in session.execute(query, {"ref": ref, "seq": seq})}
        marked = session.execute(
            text("SELECT undeliverable ->> 'reason' FROM person WHERE id = 'ellie-marsh'")
        )
        assert marked.scalar_one() == "5.1.1 550 no such user"
    assert rows.pop("ellie-marsh")[:2] == ("parked", "came back: 5.1.1 550 no such user")
    ((other, (state, _, meant)),) = rows.items()
    assert (state, meant) == ("queued", "Ellie Marsh")
    house.do("owen-clarke", f"case/{ref}", AddNote("We are on it."))
    with reading(house.engine, "*") as session:
        last = "SELECT recipient FROM delivery WHERE stream = :ref AND audience = 'partner' ORDER BY seq DESC LIMIT 1"
        assert session.execute(text(last), {"ref": ref}).scalar_one() == other
    came(house, mail("I am here."), address(ref, "ellie-marsh"))
    with reading(house.engine, "*") as session:
        gone = "SELECT undeliverable IS NULL FROM person WHERE id = 'ellie-marsh'"
        assert session.execute(text(gone)).scalar_one()


def test_an_address_that_is_refused_while_sending_is_marked_at_once(house: House, ref: str) -> None:
    house.do("owen-clarke", f"case/{ref}", AddNote("On it."))
    query = (
        "SELECT id FROM delivery WHERE stream = :ref AND recipient = 'ellie-marsh' ORDER BY seq DESC LIMIT 1"
    )
    with reading(house.engine, "*") as session:
        delivery = session.execute(text(query), {"ref": ref}).scalar_one()

    def refuse(_: object) -> None:
        raise SendFailed(True, "550 5.1.1 no such user", address=True)

    assert send_once(house.engine, refuse, delivery)
    with reading(house.engine, "*") as session:
        instead = "SELECT count(*) FROM delivery WHERE stream = :ref"
        instead += " AND data -> 'facts' ->> 'instead_of' = 'Ellie Marsh'"
        assert session.execute(text(instead), {"ref": ref}).scalar_one() == 1
    house.do("robin-marsh", "organisation/harbour", ClearUndeliverable("ellie-marsh"))


def test_a_report_that_is_not_of_a_mail_of_ours_marks_nobody(house: House, ref: str) -> None:
    forged = a_bounce(
        NADIA, delivery=f"{ref}.1.nadia-rahman", secret="another secret, as long as it has to be"
    )
    assert came(house, forged, DESK, "")["state"] == "quarantined"
    late = a_bounce(NADIA, delivery=f"{ref}.1.nadia-rahman", status="4.4.1", n=next(NUMBERS))
    assert came(house, late, DESK, "")["outcome"] == "delay"
    unknown = a_bounce(NADIA, delivery="PF-2099-000001.1.nadia-rahman", n=next(NUMBERS))
    assert came(house, unknown, DESK, "")["state"] == "ignored"
    with reading(house.engine, "*") as session:
        query = "SELECT count(*) FROM person WHERE undeliverable IS NOT NULL"
        assert session.execute(text(query)).scalar_one() == 0


@pytest.fixture(scope="module", params=["smtp", "lmtp"])
def receiver(request: pytest.FixtureRequest, house: House) -> Iterator[tuple[str, int]]:
    lmtp, port = request.param == "lmtp", free_port()
    receiving = Receiver(house.engine, DOMAIN, f"Partnerflow <{DESK}>", lmtp=lmtp)
    listening = Listening(receiving, Address(lmtp, "127.0.0.1", port))
    listening.start()
    yield request.param, port
    listening.stop()


def client(receiver: tuple[str, int]) -> smtplib.SMTP:
    return (smtplib.LMTP if receiver[0] == "lmtp" else smtplib.SMTP)("127.0.0.1", receiver[1], timeout=20)


def test_what_is_acknowledged_is_in_the_record_first(
    house: House, ref: str, receiver: tuple[str, int]
) -> None:
    ask(house, ref)
    to = address(ref, "ellie-marsh")
    with client(receiver) as session:
        assert session.send_message(mail("Four."), ELLIE, [to]) == {}
    while take_next(judged(house)):
        pass
    assert house.case(ref).questions[0].answer == "Four."


def test_nothing_is_passed_on(receiver: tuple[str, int]) -> None:
    with client(receiver) as session, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        session.send_message(mail("x"), ELLIE, ["somebody@elsewhere.example"])
    assert refused.value.recipients["somebody@elsewhere.example"][0] == 550


def test_an_admin_who_changes_an_address_or_says_so_clears_its_mark(house: House) -> None:
    marked = """UPDATE person SET undeliverable = jsonb_build_object('at', now(), 'reason', 'gone')"""
    mark = f"{marked} WHERE id = 'karl-jensen'"
    for command in (
        ClearUndeliverable("karl-jensen"),
        ChangePerson("karl-jensen", {"email": "k.j@quayside.example"}),
    ):
        with unit_of_work(house.engine) as session:
            session.execute(text(mark))
        house.do("robin-marsh", "organisation/quayside", command)
        with reading(house.engine, "*") as session:
            query = "SELECT undeliverable IS NULL FROM person WHERE id = 'karl-jensen'"
            assert session.execute(text(query)).scalar_one()


def test_a_claimed_mail_is_somebodys(house: House) -> None:
    with unit_of_work(house.engine) as session:
        inbound.stage(session, b"d" * 32, "imap", None, "x@y.example", b"From: a@b.example\r\n\r\nx")
    with unit_of_work(house.engine) as session:
        first = inbound.claim(session)
    with unit_of_work(house.engine) as session:
        assert inbound.claim(session) is None
    assert isinstance(first, Staged)
    with unit_of_work(house.engine) as session:
        session.execute(text("UPDATE inbound_mail SET lease_until = NULL WHERE id = :id"), {"id": first.id})
    assert take_next(judged(house))


def test_a_box_is_fetched_once_and_its_mails_do_the_same(house: House, ref: str) -> None:
    ask(house, ref)
    message = mail("Four.")
    del message["To"]
    message["To"] = f"Partnerflow <{address(ref, 'ellie-marsh')}>"
    message["Return-Path"] = f"<{ELLIE}>"
    with mailbox() as box:
        box.mails = {7: message.as_bytes(policy=SMTP), 9: mail("To nobody.").as_bytes(policy=SMTP)}
        assert fetch(house.engine, Box.parse(box.url)) == 2
        assert box.seen == {7, 9}
        assert fetch(house.engine, Box.parse(box.url)) == 0
        box.seen.clear()
        assert fetch(house.engine, Box.parse(box.url)) == 0
        with pytest.raises(MailboxLoginError):
            fetch(house.engine, replace(Box.parse(box.url), password="wrong"))
    while take_next(judged(house)):
        pass
    assert house.case(ref).questions[0].answer == "Four."
