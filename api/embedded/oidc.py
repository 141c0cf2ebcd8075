"""A double of an identity provider: OpenID Connect over real HTTP, for tests and for trying out. It asks no password.

GET  /.well-known/openid-configuration   the description
GET  /jwks                               its public keys
GET  /authorize                          a form that asks who you are; with ``login_hint`` it is that person at once
POST /token                              a code, with the client's secret and the verifier, for an ID token
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from api.embedded.process import HOST

CLIENT: Final = "partnerflow"


class OidcDouble:
    """The provider on threads of its own. ``forge`` changes what the next tokens claim, ``sign`` how."""

    def __init__(self, port: int, client_secret: str, client_id: str = CLIENT) -> None:
        """Take a free port; the key is made anew."""
        from joserfc.jwk import RSAKey

        self.client_id, self.client_secret = client_id, client_secret
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, str]] = {}
        self.forge: dict[str, Any] = {}
        self.sign: Any = None
        handler = type("Handler", (_Handler,), {"double": self})
        self._server = ThreadingHTTPServer((HOST, port), handler)
        self.url = f"http://{HOST}:{port}"

    def start(self) -> None:
        """Serve, until ``stop``."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def description(self) -> dict[str, Any]:
        """What it publishes of itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def keys(self) -> dict[str, Any]:
        """The public half."""
        return {"keys": [self.key.as_dict(private=False)]}

    def admit(self, asked: Mapping[str, str], email: str) -> str:
        """Where the browser goes back to, with a code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = dict(asked) | {"email": email}
        given = urlencode({"code": code, "state": asked.get("state", "")})
        return f"{asked['redirect_uri']}?{given}"

    def exchange(self, sent: Mapping[str, str]) -> dict[str, Any] | None:
        """Tokens for a code, once; None where anything does not match."""
        asked = self.codes.pop(sent.get("code", ""), None)
        challenge = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        fits = asked is not None and (
            asked["redirect_uri"] == sent.get("redirect_uri")
            and asked.get("code_challenge_method") == "S256"
            and asked.get("code_challenge") == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        )
        if not fits or asked is None:
            return None
        claims = self._claims(asked) | self.forge
        made = self.sign(claims) if self.sign else self.signed(claims)
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": made}

    def signed(self, claims: dict[str, Any]) -> str:
        """A token of this provider."""
        from joserfc import jwt

        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def _claims(self, asked: Mapping[str, str]) -> dict[str, Any]:
        now = int(time.time())
        subject = hashlib.sha256(asked["email"].encode()).hexdigest()[:16]
        return {
            "iss": self.url,
            "aud": self.client_id,
            "sub": subject,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce", ""),
            "email": asked["email"],
            "email_verified": True,
        }


class _Handler(BaseHTTPRequestHandler):
    double: OidcDouble
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            return self._json(200, self.double.description())
        if parts.path == "/jwks":
            return self._json(200, self.double.keys())
        if parts.path == "/authorize":
            return self._authorize({name: values[-1] for name, values in parse_qs(parts.query).items()})
        return self._json(404, {"error": "not_found"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if urlsplit(self.path).path != "/token" or not self._is_client():
            return self._json(401, {"error": "invalid_client"})
        made = self.double.exchange({name: values[-1] for name, values in parse_qs(body).items()})
        return self._json(200, made) if made else self._json(400, {"error": "invalid_grant"})

    def _authorize(self, asked: dict[str, str]) -> None:
        if asked.get("client_id") != self.double.client_id or "redirect_uri" not in asked:
            return self._json(400, {"error": "invalid_request"})
        email = asked.pop("login_hint", "")
        if email:
            return self._send(302, b"", {"Location": self.double.admit(asked, email)})
        fields = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in asked.items()
        )
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test provider</title>'
            f'<h1>Test provider</h1><form action="/authorize">{fields}<label>Sign in as '
            '<input name="login_hint" type="email" required autofocus></label> <button>Go on</button></form>'
        )
        return self._send(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _is_client(self) -> bool:
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        try:
            name, _, secret = base64.b64decode(given).decode().partition(":")
        except ValueError:
            return False
        mine = (self.double.client_id, self.double.client_secret)
        return scheme.lower() == "basic" and (unquote(name), unquote(secret)) == mine

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Say nothing: a quiet double keeps the one table readable."""
