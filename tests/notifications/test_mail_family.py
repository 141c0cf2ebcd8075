"""Every kind of mail, in every language: what it fetches, where it leads, what text and HTML have in common, and how it
looks in a browser of every width."""

import re
from html.parser import HTMLParser

import pytest
from playwright.sync_api import sync_playwright

from notifications.case_words import WORDS as CASE_WORDS
from notifications.messages import case_notice, voice
from partnerflow.cases import events as e
from partnerflow.cases.notices import Notice
from partnerflow.cases.urgency import ACTS, needs_act
from tests.notifications.every_mail import BASE, HOSTILE, LOCALES, a_letter, every_mail

FIGURE = re.compile(r"[0-9][0-9.,\u202f]*[.,][0-9]{2}\b")
WIDTHS = (320, 390, 600, 700)
PAGES = re.compile(
    rf"{BASE}/(cases/PF-2027-000123(#(asked|call|facts|money|documents|timeline))?|approvals/PF-2027-000123-1-1|orders/o-1"
    r"|credit-notes/ARB-CN-2027-000017|pass-through#PF-2027-000123|account|sign-in/link/t{43})?/?"
)


class Shown(HTMLParser):
    """The words and links of an HTML mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.data, self.hrefs, self.tags = list[str](), list[str](), list[str](), set[str]()
        self._style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._style = tag in ("style", "title")
        self.hrefs += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words += data.split()
            self.data.append(data)

    def handle_endtag(self, _: str) -> None:
        self._style = False


@pytest.mark.parametrize("locale", LOCALES)
def test_every_mail_leads_to_a_page_and_says_the_same_as_text_and_as_html(locale: str) -> None:
    for name, mail in every_mail(*LOCALES[locale]):
        shown = Shown(mail.html)
        assert not shown.tags & {"script", "img", "link", "iframe"}, name
        assert f'<html lang="{locale}"' in mail.html
        for href in shown.hrefs:
            assert href.startswith(("tel:", "mailto:")) or PAGES.fullmatch(href), (name, href)
        pages = [href for href in shown.hrefs if href.startswith("http")]
        assert pages, name
        assert all(href in mail.text for href in pages), name
        said = " ".join(mail.text.replace("> ", "").split())
        seen = " ".join(shown.words)
        for fact in ("Priya Nair", "+44 20 7946 0112", "Tom Reyes", HOSTILE.split()[-1]):
            assert (fact in said) == (fact in seen), (name, fact)
        figures = {figure for each in shown.data for figure in FIGURE.findall(each)}
        assert all(figure in mail.text for figure in figures), name
        assert len(mail.html) < 102_400, "above this Gmail cuts a mail"


@pytest.mark.long
def test_no_mail_scrolls_sideways_and_every_button_can_be_hit() -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        for locale in LOCALES.values():
            for name, mail in every_mail(*locale):
                if name.endswith(ONLY_WORDS) or (locale[0] != "de_DE" and not name.startswith(TYPICAL)):
                    continue
                page.set_content(mail.html)
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    assert wide <= width, (name, locale, width, wide)
                for button in page.locator("a.press, a.goto").all():
                    box = button.bounding_box()
                    assert box, name
                    assert box["height"] >= 44, (name, box)
        browser.close()


def test_what_asks_something_of_its_reader_never_waits_for_a_morning() -> None:
    """Whatever a person chose: what the words ask for and the rule of what needs an act agree."""
    kinds = {kind.KIND: kind for kind in ACTS}
    kinds["credit_note.issued"], kinds["credit_note.voided"] = e.RemedyDone, e.DebitNotesStored
    for event in CASE_WORDS:
        for audience in ("decider", "owner", "manager", "distributor"):
            letter = a_letter(event, audience, "en_GB", "Europe/London")
            asks = case_notice(letter, event, BASE, voice(letter))["ask"]
            if asks and event not in REMINDERS:
                assert needs_act(a_notice(kinds[event], audience), asked=False), (event, audience)


def test_whoever_is_asked_something_now_gets_every_mail_of_the_case_at_once() -> None:
    assert needs_act(a_notice(e.CaseProposed, "partner"), asked=True)
    assert not needs_act(a_notice(e.CaseProposed, "partner"), asked=False)
    assert not needs_act(a_notice(e.CaseProposed, "owner"), asked=True)


def a_notice(kind: type, audience: str) -> Notice:
    """Of an event of which only what the rule looks at is there."""
    data = object.__new__(kind)
    for name, value in MEMBERS.get(kind, {}).items():
        object.__setattr__(data, name, value)
    return Notice(1, kind.KIND, "ann", "Ann", "a@b.example", audience, data)  # type: ignore[attr-defined]


ONLY_WORDS = ("owner", "manager", "vendor", "decider")
"""Laid out as the partner's and the distributor's are."""
TYPICAL = ("case.opened", "case.info_requested", "credit_note.issued", "order.on_hold", "digest", "sign_in")
"""In the languages whose words are shorter."""
REMINDERS = {"credit_note.chased"}
"""They go in their reader's hours, whatever was chosen."""
MEMBERS = {
    e.CaseEscalated: {"to": "ann"},
    e.RemedyDone: {"passing_on": True},
    e.ExchangeDifference: {"loss": None},
}
