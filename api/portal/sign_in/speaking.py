"""The language of pages and mails: whoever is signed in has it with their person, others with their browser."""

from typing import Final

from flask import Response, current_app, g, request

from api.auth import engine, reader
from api.errors import Problem
from api.portal import forms, sessions
from api.portal.catalogue import COOKIE, SPOKEN
from api.portal.sign_in.rooms import way_in
from notifications.language import language as words_of
from partnerflow import desk
from partnerflow.directory.commands import ChooseMails
from partnerflow.people import Directory, Person
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import snapshot

LOCALES: Final = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR"}
"""For somebody whose house is of another language."""
KEPT_FOR: Final = 365 * 86_400


@way_in.post("/language")
def speak() -> Response:
    """Have this language from now on, here and in mails; back to the page."""
    chosen = request.form.get("language", "")
    if chosen not in SPOKEN:
        raise Problem("invalid-parameter", "Choose one of the languages that are offered.")
    answer = sessions.on_to(_back(request.form.get("next")))
    if sessions.person() is None:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        answer.set_cookie(COOKIE, chosen, max_age=KEPT_FOR, secure=secure, httponly=True, samesite="Lax")
    else:
        _keep(chosen)
    return answer


def _back(path: str | None) -> str:
    """The page again; the first page of the sign-in is one too."""
    return str(path) if path and path.partition("?")[0] == "/sign-in" else sessions.local(path)


def _keep(chosen: str) -> None:
    with reading(engine(), EVERY_ORGANISATION) as session:
        directory = snapshot(session).directory
    person = directory.people[reader().person]
    command = ChooseMails(person.id, person.mails.value, _locale(chosen, person, directory))
    outcome = forms.hand(command, f"organisation/{person.organisation}")
    if outcome.state is desk.State.REFUSED:
        told = forms.told(outcome)
        raise Problem(told["code"], told["detail"])
    g.pop("spoken", None)


def _locale(chosen: str, person: Person, directory: Directory) -> str | None:
    """None where their house speaks it; else their own, if it is of that language already."""
    if words_of(directory.organisations[person.organisation].locale) == chosen:
        return None
    return person.locale if person.locale and words_of(person.locale) == chosen else LOCALES[chosen]
