"""Signing in by the house's own provider: believed only with signature, issuer, audience, time and nonce."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from api.app import create_app
from api.embedded.oidc import OidcDouble
from api.embedded.process import free_port
from tests.api.calling import World, refused
from tests.api.conftest import settings
from tests.portal.browsing import HOME, Browser

ELLIE = "ellie.marsh@harbour.example"


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcDouble]:
    double = OidcDouble(free_port(), "a secret between the two")
    double.start()
    yield double
    double.stop()


@pytest.fixture(scope="module")
def app(world: World, provider: OidcDouble) -> Iterator[Flask]:
    url = world.app.extensions["engine"].url.render_as_string(hide_password=False)
    told = replace(
        settings(url),
        oidc_issuer=provider.url,
        oidc_client_id=provider.client_id,
        oidc_client_secret=provider.client_secret,
    )
    made = create_app(told, rate=1_000_000)
    yield made
    made.extensions["engine"].dispose()


@pytest.fixture
def there_and_back(app: Flask, provider: OidcDouble) -> Any:
    provider.forge, provider.sign = {}, None

    def go(email: str = ELLIE, browser: Browser | None = None, **headers: str) -> Any:
        import httpx

        one = browser or Browser(app)
        left = one.get("/sign-in/oidc?next=/cases")
        assert left.location.startswith(provider.url), left.text
        answer = httpx.get(left.location, params=None, follow_redirects=False, trust_env=False)
        assert "Test provider" in answer.text
        answer = httpx.get(f"{left.location}&login_hint={email}", trust_env=False)
        return one.get(answer.headers["Location"].removeprefix(HOME), **headers)

    return go


def test_a_person_whom_the_provider_vouches_for_is_signed_in(app: Flask, there_and_back: Any) -> None:
    browser = Browser(app)
    assert "127.0.0.1" in browser.get("/sign-in").text
    answer = there_and_back(browser=browser)
    assert (answer.status_code, answer.location) == (303, "/cases")
    assert browser.get("/cases").status_code == 200
    assert "by your provider" in browser.get("/account").text


def test_somebody_whom_nobody_knows_learns_whom_to_ask(there_and_back: Any) -> None:
    answer = there_and_back("stranger@elsewhere.example")
    assert answer.status_code == 403
    assert "on-call@arbor.example" in answer.text
    assert "Set-Cookie" not in answer.headers or "__Host-partnerflow=" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "forged",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": ["partnerflow", "somebody-else"]},
        {"exp": int(time.time()) - 3_600},
        {"exp": None},
        {"nonce": "another"},
        {"iat": int(time.time()) + 86_400},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
    ],
)
def test_a_token_that_claims_anything_else_signs_nobody_in(
    provider: OidcDouble, there_and_back: Any, forged: dict[str, Any]
) -> None:
    provider.forge = forged
    assert there_and_back().status_code == 401
    provider.forge = forged
    refused(there_and_back(Accept="application/json"), 401, "unauthenticated")


def _unsigned(claims: dict[str, Any]) -> str:
    import base64
    import json

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part(claims)}."


def _by_another(claims: dict[str, Any]) -> str:
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    return jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))


def test_a_token_without_the_providers_signature_signs_nobody_in(
    provider: OidcDouble, there_and_back: Any
) -> None:
    def by_the_secret(claims: dict[str, Any]) -> str:
        from joserfc import jwt
        from joserfc.jwk import OctKey

        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(provider.client_secret + "x" * 32))

    for sign in (_unsigned, _by_another, by_the_secret, lambda _: "no token at all", lambda _: ""):
        provider.sign = sign
        assert there_and_back().status_code == 401


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(app: Flask, provider: OidcDouble) -> None:
    import httpx

    provider.forge, provider.sign = {}, None
    mine, other = Browser(app), Browser(app)
    left = mine.get("/sign-in/oidc")
    back = httpx.get(f"{left.location}&login_hint={ELLIE}", trust_env=False).headers["Location"]
    path = back.removeprefix(HOME)
    assert other.get(path).status_code == 401
    assert mine.get(path.replace("state=", "state=x")).status_code == 401
    left = mine.get("/sign-in/oidc")
    path = httpx.get(f"{left.location}&login_hint={ELLIE}", trust_env=False).headers["Location"]
    assert mine.get(path.removeprefix(HOME)).status_code == 303
    assert mine.get(path.removeprefix(HOME)).status_code == 401


def test_new_keys_of_the_provider_are_fetched_when_they_are_needed(
    provider: OidcDouble, there_and_back: Any
) -> None:
    from joserfc.jwk import RSAKey

    assert there_and_back().status_code == 303
    provider.key = RSAKey.generate_key(2048, {"kid": "next", "use": "sig", "alg": "RS256"})
    assert there_and_back().status_code == 303


def test_a_provider_that_is_away_leaves_the_other_ways_open(world: World) -> None:
    url = world.app.extensions["engine"].url.render_as_string(hide_password=False)
    told = replace(
        settings(url), oidc_issuer="http://127.0.0.1:1", oidc_client_id="x", oidc_client_secret="y"
    )
    app = create_app(told, rate=1_000_000)
    browser = Browser(app)
    assert browser.get("/sign-in/oidc").status_code == 503
    assert browser.get("/sign-in").status_code == 200
    assert Browser(world.app).get("/sign-in/oidc").status_code == 404
    app.extensions["engine"].dispose()
