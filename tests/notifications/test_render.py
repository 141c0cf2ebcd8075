"""A notice as subject, text and HTML."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import ChoiceLoader, DictLoader, UndefinedError

from notifications import render as room
from notifications.render import render

EVENTS = (
    "order.on_hold", "order.accepted", "order.released", "order.cancelled", "order.window_closing",
    "case.opened", "case.owner_changed", "case.proposed", "case.info_requested",
    "case.info_received", "case.clock_paused", "case.clock_resumed", "case.approval_step_started",
    "case.escalated", "case.approved", "case.approved_in_part", "case.declined", "case.withdrawn",
    "case.cancelled", "case.remedy_started", "case.remedy_failed", "credit_note.issued",
    "case.passed_on", "pass_through_due", "case.closed", "case.note_added", "deadline.warning",
    "deadline.breached",
)  # fmt: skip
VOID = {"meta", "br", "img", "link", "hr", "input"}


def a_notice(**changes: Any) -> dict[str, Any]:
    return {
        "audience": "partner",
        "recipient": {"name": "Amira Khan"},
        "ref": "PF-2027-000123",
        "order_number": "D-8841",
        "po_number": "H-2291",
        "headline": "Your exchange is received",
        "body": ["46 licences are within policy.", "Because of the exception finance confirms afterwards."],
        "who": {
            "name": "Priya Nair",
            "title": "Channel manager, UK licences",
            "email": "priya.nair@arbor.example",
            "phone": "+44 20 7946 0112",
            "hours": "Mon-Fri 09:00-17:30 Europe/London",
            "available": "in now, until 17:30",
        },
        "owner": None,
        "choices": "https://desk.arbor.example/account",
        "next": "Priya Nair decides; otherwise it goes to Tom Reyes by itself.",
        "due_at": datetime(2027, 1, 5, 9, 30, 59, tzinfo=UTC),
        "zone": "Europe/London",
        "ask": None,
        "amounts": {
            "currency": "GBP",
            "rows": [
                {"label": "Credit", "net": 240000, "tax": 48000, "gross": 288000},
                {"label": "Your bill falls by", "net": 96480, "tax": 19296, "gross": 115776, "total": True},
            ],
        },
        "quote": {"by": "Jo Park", "text": "Can the keys be revoked?\nBy whom?"},
        "link": {"href": "https://desk.arbor.example/cases/PF-2027-000123", "label": "Open the case"},
        "event": "case.opened",
    } | changes


class Reader(HTMLParser):
    """What a person sees of an HTML mail, and what it would fetch; fails on tags that do not pair."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hrefs: list[str] = []
        self.tags: set[str] = set()
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        assert "src" not in given
        assert not any(name.startswith("on") for name in given)
        if tag == "a":
            self.hrefs.append(given["href"] or "")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in {"style", "title"}:
            self.words.extend(data.split())

    @property
    def text(self) -> str:
        return " ".join(self.words)


def both(data: dict[str, Any], **options: str) -> tuple[str, str]:
    """The text mail with blanks run together, and the words of the HTML mail."""
    mail = render(data["event"], data, **options)
    return " ".join(mail.text.split()), Reader(mail.html).text


@pytest.mark.parametrize("event", EVENTS)
def test_every_mail_says_who_has_it_what_is_next_by_when_and_what_we_need(event: str):
    for shown in both(a_notice(event=event, ask="Answer one question.")):
        for expected in (
            "Who has it now", "Priya Nair", "Channel manager, UK licences", "+44 20 7946 0112",
            "priya.nair@arbor.example", "Mon-Fri 09:00-17:30 Europe/London; in now, until 17:30",
            "What happens next", "otherwise it goes to Tom Reyes by itself.", "By when",
            "Tue 5 Jan 2027, 09:30 GMT", "Europe/London time", "What we need from you",
            "Answer one question.",
        ):  # fmt: skip
            assert expected in shown


def test_the_reference_and_the_headline_are_the_subject():
    assert render("case.opened", a_notice()).subject == "[PF-2027-000123] Your exchange is received"
    assert render("order.on_hold", a_notice(ref=None)).subject == "[Order D-8841] Your exchange is received"


def test_a_subject_is_one_line_of_bearable_length():
    mail = render("case.opened", a_notice(headline="a\r\nBcc: b\x00 " + "c" * 500))
    assert mail.subject.startswith("[PF-2027-000123] a Bcc: b c")
    assert len(mail.subject) == 200


def test_order_case_and_purchase_order_are_named_where_there_are_such():
    for shown in both(a_notice()):
        assert "PF-2027-000123" in shown
        assert "order D-8841" in shown
        assert "your PO H-2291" in shown
    for shown in both(a_notice(ref=None, po_number=None)):
        assert "Order D-8841" in shown
        assert "PO" not in shown


def test_amounts_stand_in_a_table_in_the_reader_s_figures():
    for shown in both(a_notice(), locale="de_DE"):
        assert "Die Beträge, GBP" in shown
        assert "2.400,00" in shown
        assert "1.157,76" in shown
    for shown in both(a_notice(amounts=None)):
        assert "The money" not in shown


def test_an_amount_that_does_not_exist_is_a_dash():
    rows = [{"label": "Fee", "net": 100, "tax": None, "gross": None}]
    shown = both(a_notice(amounts={"currency": "GBP", "rows": rows}))
    assert "net 1.00 VAT - gross -" in shown[0]
    assert "Fee 1.00 – –" in shown[1]


def test_when_nothing_is_left_the_mail_says_so_instead_of_leaving_gaps():
    for shown in both(
        a_notice(who=None, due_at=None, ask=None, amounts=None, quote=None, link=None, body=[])
    ):
        assert "Nobody: nothing is left to do" in shown
        assert "No deadline is running" in shown
        assert "What we need from you" in shown
        assert "Nothing" in shown
        assert "None" not in shown


def test_what_waits_for_the_reader_alone_is_not_said_to_be_with_nobody():
    for shown in both(a_notice(who=None, ask="Correct the order, or cancel it.")):
        assert "You: it waits for your answer" in shown
        assert "Nobody" not in shown


def test_instants_are_shown_in_the_notice_s_zone_and_else_in_the_reader_s():
    due = datetime(2027, 7, 1, 20, tzinfo=UTC)
    assert "Thu 1 Jul 2027, 21:00 BST" in both(a_notice(due_at=due))[0]
    assert (
        "Thu 1 Jul 2027, 22:00 CEST (Europe/Berlin time)"
        in both(a_notice(due_at=due, zone=""), zone="Europe/Berlin")[0]
    )


def test_a_notice_read_back_from_the_record_reads_the_same():
    stored = a_notice(due_at="2027-01-05T09:30:59Z")
    assert render("case.opened", stored) == render("case.opened", a_notice())


def test_presence_may_come_as_words_as_a_fact_or_not_at_all():
    who = a_notice()["who"]
    assert "in now" in both(a_notice(who=who | {"available": True}))[0]
    assert "not in at the moment" in both(a_notice(who=who | {"available": False}))[1]
    assert "Europe/London; in" not in both(a_notice(who=who | {"available": None}))[0]


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "{{7*7}}", '"><img src=x onerror=alert(1)>', "{% raw %}"]
)
def test_words_of_people_are_words_wherever_they_stand(hostile: str):
    who = {**a_notice()["who"], "name": hostile, "email": hostile, "phone": hostile}
    data = a_notice(
        headline=hostile, body=[hostile], next=hostile, ask=hostile, po_number=hostile, who=who,
        recipient={"name": hostile}, quote={"by": hostile, "text": hostile},
    )  # fmt: skip
    mail = render("case.opened", data)
    reader = Reader(mail.html)
    assert reader.text.count(hostile) >= 8
    assert mail.text.count(hostile) >= 8
    assert not reader.tags & {"script", "img"}
    assert "49" not in reader.text


def test_somebody_s_words_are_marked_as_theirs_line_by_line():
    text = render("case.note_added", a_notice()).text
    assert "Jo Park wrote:\n> Can the keys be revoked?\n> By whom?\n" in text


def test_control_characters_reach_neither_form():
    mail = render("case.opened", a_notice(headline="a\x00b\x1b[31m\u202e", body=["x\rforged: y"]))
    assert not {"\x00", "\x1b", "\u202e", "\r"} & set(mail.text + mail.html)


def test_an_html_mail_brings_everything_and_fetches_nothing():
    mail = render("case.opened", a_notice())
    reader = Reader(mail.html)
    assert not reader.tags & {"img", "link", "script", "iframe", "svg"}
    assert "url(" not in mail.html
    assert "@import" not in mail.html
    assert [href.split(":")[0] for href in reader.hrefs] == ["tel", "mailto", "https", "https"]
    assert len(mail.html) < 102_400  # above this Gmail cuts a mail


def test_dark_readers_and_narrow_screens_are_provided_for():
    html = render("case.opened", a_notice()).html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 600px" in html
    assert "<style>" not in html, "the sheet itself is set into the tags"


def test_a_link_that_is_no_web_address_is_never_mailed():
    with pytest.raises(ValueError, match="web address"):
        render("case.opened", a_notice(link={"href": "javascript:alert(1)", "label": "x"}))


def test_a_text_mail_stays_within_its_width_but_never_cuts_an_address():
    href = "https://desk.arbor.example/" + "c" * 100
    text = render("case.opened", a_notice(body=["word " * 60], link={"href": href, "label": "Open"})).text
    assert href in text
    assert max(len(line) for line in text.splitlines() if href not in line) <= 76
    assert "\n\n\n" not in text


def test_a_missing_member_is_a_defect_and_not_a_gap():
    data = a_notice()
    del data["next"]
    with pytest.raises(UndefinedError):
        render("case.opened", data)


def test_an_event_may_bring_its_own_shape(monkeypatch: pytest.MonkeyPatch):
    environment = room._environment()
    own = {
        "mail/case.closed.html": '{% extends "mail/base.html" %}{% block promise %}<!-- own -->{% endblock %}'
    }
    monkeypatch.setattr(environment, "loader", ChoiceLoader([DictLoader(own), environment.loader]))
    monkeypatch.setattr(environment, "cache", {})
    assert "<!-- own -->" in render("case.closed", a_notice()).html
    assert "<!-- own -->" not in render("case.opened", a_notice()).html


@pytest.mark.parametrize("name", ["", "../note/note", "case.opened.html", "case/opened"])
def test_a_template_s_name_is_an_event_s_name(name: str):
    with pytest.raises(ValueError, match="event's name"):
        render(name, a_notice())
