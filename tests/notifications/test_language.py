"""The catalogues: every sentence of the mails in every language, with the same places to fill."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from notifications.language import CATALOGUES, language, plural_translator, translator
from notifications.next_words import sentence
from notifications.words import Voice
from partnerflow.cases.commands import AddFact, AskPartner, DecideStep, DisputeFact, WithdrawFact
from partnerflow.cases.deciding import version
from partnerflow.cases.status import status
from tests.domain.builders_cases import PaperDesk, jan
from tests.domain.builders_people import ELLIE, OWEN, PRIYA

ROOT = Path(__file__).parents[2]
REF = "PF-2027-000001"
KEYWORDS = {"say": None, "mark": None, "many": (1, 2)}


def said_in_the_code() -> Iterator[str | tuple[str, ...]]:
    """As ``pybabel extract -F babel.cfg`` finds them."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=_is_a_room)
    for _, _, message, _, _ in found:
        yield message


def _is_a_room(path: object) -> bool:
    return (ROOT / "notifications") in (Path(str(path)), *Path(str(path)).parents)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def forms(message: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


@pytest.mark.parametrize("of", ["de", "fr"])
def test_every_sentence_is_said_in_every_language_with_the_same_places(of: str) -> None:
    with (CATALOGUES / of / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = {m.id: m for m in read_po(file, locale=of) if m.id}
    said = set(said_in_the_code())
    assert len(said) > 250
    assert said <= set(catalogue), said - set(catalogue)
    assert set(catalogue) <= said, "a catalogue keeps nothing that nobody says"
    for message in catalogue.values():
        assert not message.fuzzy
        for form, said_as in zip(forms(message.string), forms(message.id), strict=True):
            assert form
            assert places(form) == places(said_as), message.id


def test_a_locale_reads_its_language_and_everybody_else_english() -> None:
    assert [language(name) for name in ("de_AT", "fr-CH", "en_US", "nl_NL", "")] == [
        "de",
        "fr",
        "en",
        "en",
        "en",
    ]
    assert translator("de_AT")("Approved") == "Genehmigt"
    assert translator("fr_FR")("What somebody wrote") == "What somebody wrote"
    cases = ("Your morning mail: {number} case or order has moved",
             "Your morning mail: {number} cases and orders have moved")  # fmt: skip
    assert plural_translator("de")(*cases, 1).startswith("Ihre Morgenpost: {number} Fall")
    assert Voice("fr", "UTC").many(*cases, 1200).startswith("Votre courrier du matin : 1\u202f200 dossiers")


def test_the_next_sentence_of_a_mail_is_the_one_of_the_status() -> None:
    desk = PaperDesk()
    desk.open()
    for at in told(desk):
        now = status(desk.cases[REF], desk.policy, desk.directory, at)
        say = Voice("en_GB", now.zone)
        assert sentence(now.following, say, partner=True) == now.next
        assert sentence(now.following, say, partner=False) == now.next_inside


def told(desk: PaperDesk) -> Iterator[object]:
    """A case through what its status says: to decide, asked, disputed, declined, appealable, closed."""
    yield jan(4, 9, 30)
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10))
    yield jan(4, 10)
    desk.do(AddFact("Two were used."), OWEN, jan(4, 10, 30))
    yield jan(4, 10, 30)
    desk.do(DisputeFact("f1", "Never."), ELLIE, jan(4, 11))
    yield jan(4, 11)
    desk.do(WithdrawFact("f1", "It was another order."), OWEN, jan(4, 11, 30))
    case = desk.cases[REF]
    assert case.step
    decline = DecideStep(case.step.id, "decline", version(case, case.step), "No.", "not_substantiated")
    desk.do(decline, PRIYA, jan(4, 12))
    yield jan(4, 12)
    until = desk.cases[REF].appeal_until
    assert until
    yield until


def test_a_moment_is_told_in_the_reader_s_words_and_zone() -> None:
    moment = jan(5, 9, 30)
    told = {name: Voice(name, zone).when(moment, jan(4)) for name, zone in (
        ("en_GB", "Europe/London"), ("de_DE", "Europe/Berlin"), ("fr_FR", "Europe/Paris"))}  # fmt: skip
    assert told == {
        "en_GB": "Tue 5 Jan 09:30 GMT", "de_DE": "Di. 5. Jan., 10:30 CET", "fr_FR": "mar. 5 janv., 10:30 CET",
    }  # fmt: skip
    assert Voice("de", "UTC").when(moment, jan(-20)) == "Di. 5. Jan. 2027, 09:30 UTC"
