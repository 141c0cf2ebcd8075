"""Pages in the reader's language, zone and formats, and the catalogues they are written from."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from api.portal.catalogue import CATALOGUES, COOKIE
from api.portal.sentences import POLICY, REFUSALS, SENTENCES
from tests.api.calling import World, opened, ordered
from tests.portal.browsing import Browser
from tests.portal.pages import shown, submit

ELLIE = "ellie.marsh@harbour.example"
API = Path(__file__).parents[2] / "api"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None, "say": None, "many": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)[sd]")


def said_on_pages() -> Iterator[str | tuple[str, ...]]:
    """As ``pybabel extract -F api/babel.cfg`` finds them."""
    with (API / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    for _, _, message, _, _ in extract_from_dir(API, methods, options, KEYWORDS):
        yield message


def forms(message: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


@pytest.mark.parametrize("of", ["de", "fr"])
def test_every_word_of_the_pages_is_said_in_every_language_with_the_same_places(of: str) -> None:
    with (CATALOGUES / of / "LC_MESSAGES" / "portal.po").open("rb") as file:
        catalogue = {m.id: m for m in read_po(file, locale=of) if m.id}
    said = set(said_on_pages())
    assert len(said) > 400
    assert said <= set(catalogue), said - set(catalogue)
    assert set(catalogue) <= said, "a catalogue keeps nothing that nobody says"
    for message in catalogue.values():
        assert not message.fuzzy
        for form, said_as in zip(forms(message.string), forms(message.id), strict=True):
            assert form
            assert set(PLACE.findall(form)) == set(PLACE.findall(said_as)), message.id


def test_the_sentences_of_the_core_that_pages_translate_are_still_said_by_it() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in (API, API.parent / "partnerflow")
        for path in room.rglob("*.py")
        if path.name != "sentences.py"
    )
    for sentence in (*SENTENCES, *REFUSALS):
        assert sentence in code, sentence
    shipped = (API.parent / "policies" / "default.yaml").read_text(encoding="utf-8")
    for clause in POLICY:
        assert f"text: {clause}" in shipped


def test_the_way_in_speaks_the_browser_s_language_until_another_is_chosen(browser: Browser) -> None:
    page = browser.get("/sign-in", Accept_Language="fr-CH, en;q=0.5")
    assert '<html lang="fr">' in page.text
    assert "Adresse e-mail" in shown(page)
    assert "E-mail address" in shown(browser.get("/sign-in", Accept_Language="nl"))
    answer = browser.send("/language", "/sign-in", language="de", next="/sign-in?next=/orders")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/orders")
    assert COOKIE in answer.headers["Set-Cookie"]
    assert "E-Mail-Adresse" in shown(browser.get("/sign-in", Accept_Language="fr"))
    assert browser.send("/language", "/sign-in", language="tlh").status_code == 422


def test_a_language_chosen_on_a_page_is_the_person_s_and_their_mails_too(
    world: World, browser: Browser
) -> None:
    case = opened(world, ordered(world), 20)
    browser.sign_in(ELLIE)
    home = f"/cases/{case['ref']}"
    answer = submit(browser, home, "/language", language="de", next=home)
    assert (answer.status_code, answer.location) == (303, home)
    assert world.person(ELLIE).get("/v1/people/me/mail-choices").json["locale"] == "de_DE"
    page = browser.get(home)
    assert '<html lang="de-DE">' in page.text
    words = shown(page)
    for said in (
        "Wie es weitergeht",
        "Bis wann",
        "Weniger davon",
        " £",
        "Fristen",
        "hat verlangt: Weniger davon",
    ):
        assert said in words
    for english in (
        "What happens next",
        "By when",
        "Times are shown",
        "asked for",
        "decides by",
        "assesses it",
    ):
        assert english not in words
    submit(browser, home, "/language", language="en", next=home)
    assert world.person(ELLIE).get("/v1/people/me/mail-choices").json["locale"] is None
    assert "What happens next" in shown(browser.get(home))
