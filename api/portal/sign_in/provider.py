"""The house's own identity provider, by OpenID Connect: code flow with PKCE, state and nonce.

What it says is believed only with its signature, for this client, from this issuer, now, in answer to this very
request; and of an address only what it has verified.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""Signatures that somebody else cannot make; never ``none``, never one by a shared secret."""
SCOPE: Final = "openid email"
LEEWAY: Final = 60
_FRESH: Final = 600.0
_TIMEOUT: Final = 5.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Untrusted(Exception):
    """What came is not to be believed; ``args[0]`` says why, for the log alone."""


class Away(Exception):
    """The provider does not answer, or not as one."""


@dataclass(frozen=True, slots=True)
class Provider:
    """``issuer`` as the provider writes it; what it publishes is kept for ten minutes."""

    issuer: str
    client_id: str
    client_secret: str
    known: dict[str, tuple[float, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return urlsplit(self.issuer).hostname or self.issuer

    def metadata(self) -> dict[str, Any]:
        """Its published description, which must be of this issuer."""
        told: dict[str, Any] = self._read(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self.issuer:
            raise Untrusted("the description is of another issuer")
        return told

    def keys(self, *, again: bool = False) -> dict[str, Any]:
        """Its public keys; ``again``: not from memory, since it may have new ones."""
        found: dict[str, Any] = self._read(self.metadata()["jwks_uri"], again=again)
        return found

    def _read(self, url: str, *, again: bool = False) -> Any:
        with self.lock:
            at, told = self.known.get(url, (0.0, None))
        if told is not None and not again and time.monotonic() - at < _FRESH:
            return told
        told = _json("GET", url)
        with self.lock:
            self.known[url] = (time.monotonic(), told)
        return told


def authorize_url(provider: Provider, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
    """Where the browser goes to sign in there."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    made: str = prepare_grant_uri(
        _safe(provider.metadata()["authorization_endpoint"]),
        client_id=provider.client_id,
        response_type="code",
        redirect_uri=redirect_uri,
        scope=SCOPE,
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )
    return made


def verified_address(provider: Provider, code: str, redirect_uri: str, verifier: str, nonce: str) -> str:
    """The e-mail address that the provider vouches for, in exchange for the code. Raises Untrusted and Away."""
    told = _json(
        "POST",
        provider.metadata()["token_endpoint"],
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        },
        auth=(provider.client_id, provider.client_secret),
    )
    claims = read_token(provider, str(told.get("id_token", "")), nonce)
    address = claims.get("email")
    if not isinstance(address, str) or claims.get("email_verified") is not True:
        raise Untrusted("no verified address")
    return address


def read_token(provider: Provider, token: str, nonce: str) -> dict[str, Any]:
    """What an ID token says, if it is one of this provider for us, now, in answer to this request."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    claims = _signed(provider, token)
    audience: Any = claims.get("aud")
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != provider.client_id:
        raise Untrusted("it is for several, and not for us")
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise Untrusted(str(error)) from error
    return claims


def _signed(provider: Provider, token: str) -> dict[str, Any]:
    """With the keys we know, else with those it has now: keys change without notice."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    for again in (False, True):
        try:
            keys: Any = KeySet.import_key_set(provider.keys(again=again))  # type: ignore[arg-type]
            return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            if again:
                raise Untrusted(f"{type(error).__name__}: {error}") from error
    raise AssertionError("one of the two returns or raises")


def _json(method: str, url: str, **more: Any) -> dict[str, Any]:
    try:
        with httpx.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False) as client:
            answer = client.request(method, _safe(url), **more)
        told = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Away(f"{type(error).__name__}: {error}") from error
    if answer.status_code >= 500:
        raise Away(f"it answers {answer.status_code}")
    if answer.status_code != httpx.codes.OK or not isinstance(told, dict):
        raise Untrusted(f"it answers {answer.status_code}")
    return told


def _safe(url: str) -> str:
    """Secrets go over https, or do not leave this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Untrusted(f"{url[:100]} is not https")
    return url
