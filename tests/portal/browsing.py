"""A browser without a screen: it keeps cookies, sends forms as pages offer them, and signs people in."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.cookies import new_token
from partnerflow.store import links
from partnerflow.store.database import unit_of_work

HOME = "https://desk.example"


@dataclass
class Browser:
    """One browser of one person, over https."""

    app: Flask
    agent: str = "Mozilla/5.0 (X11; Linux) Firefox/140"
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._send("GET", path, None, headers)

    def send(self, path: str, _page: str | None = None, **fields: str) -> TestResponse:
        """A form with the token of ``_page`` (the sign-in's by default, which everybody may load)."""
        shown = self.get(_page or "/account")
        shown = shown if shown.status_code == 200 else self.get("/sign-in")
        return self._send("POST", path, {"csrf_token": token_of(shown)} | fields, {})

    def post(self, path: str, fields: dict[str, str], **headers: str) -> TestResponse:
        """A form as somebody else's page would send it: with nothing but these fields."""
        return self._send("POST", path, fields, headers)

    def json(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.client.post(path, json=body, base_url=HOME, headers=_dashed(headers))

    def sign_in(self, who: str, following: str = "/") -> TestResponse:
        """By a link made at the command line."""
        token = link_for(self.app, who, following)
        page = self.get(f"/sign-in/link/{token}")
        assert page.status_code == 200, page.text
        return self._send("POST", f"/sign-in/link/{token}", {"csrf_token": token_of(page)}, {})

    def _send(
        self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str]
    ) -> TestResponse:
        sent = {"User-Agent": self.agent, "Accept": "text/html"} | _dashed(headers)
        return self.client.open(path, method=method, data=fields, base_url=HOME, headers=sent)


def link_for(app: Flask, who: str, following: str = "/") -> str:
    """The token of a new link."""
    token = new_token()
    with unit_of_work(app.extensions["engine"]) as session:
        assert links.make(session, who, following, token)
    return token


def token_of(page: TestResponse) -> str:
    """What a form of this page carries against other sites."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text[:2000]
    return found[1]


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}
