"""The persons of the story, each acting over HTTP with their own key and nothing else."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx

_TIMEOUT: Final = 30.0
_PATIENCE: Final = 20.0


class Astray(Exception):
    """The story cannot go on: an answer or a mail was not what the example says; the text says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what was called, its status, its JSON (None for a file), its bytes, its ETag, its seconds."""

    method: str
    path: str
    status: int
    body: Any
    content: bytes
    etag: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a key. Every call states the status it counts on; any other answer is ``Astray``."""

    name: str
    email: str
    role: str
    organisation: str
    key: str = field(repr=False)
    http: httpx.Client = field(repr=False)
    meanwhile: Callable[[], None] = field(repr=False)

    def get(self, path: str, expect: int = 200, **parameters: str) -> Answer:
        """Read."""
        return self._call("GET", path, expect, params=parameters)

    def post(self, path: str, body: Any, expect: int = 200, *, if_match: str | None = None) -> Answer:
        """Act, under a key of its own."""
        headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": if_match} if if_match else {})
        return self._call("POST", path, expect, json=body, headers=headers)

    def put(self, path: str, body: Any, expect: int) -> Answer:
        """Report."""
        return self._call("PUT", path, expect, json=body, headers={"Idempotency-Key": str(uuid4())})

    def _call(self, method: str, path: str, expect: int, **sent: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.key}"} | dict(sent.pop("headers", {}))
        response = self._insist(lambda: self.http.request(method, path, headers=headers, **sent), path)
        if response.status_code != expect:
            raise Astray(
                f"{self.name}: {method} {path} answered {response.status_code} instead of {expect}:\n"
                f"{response.text[:600]}"
            )
        return Answer(
            method,
            path,
            response.status_code,
            response.json() if "json" in response.headers.get("content-type", "") else None,
            response.content,
            response.headers.get("ETag", ""),
            response.elapsed.total_seconds(),
        )

    def _insist(self, call: Callable[[], httpx.Response], path: str) -> httpx.Response:
        """Call again while the web tier is away or busy: under the same key nothing is done twice."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                response = call()
                if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                    return response
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise Astray(f"{path}: the web tier does not answer ({error}).") from error
            self.meanwhile()
            time.sleep(0.25)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: ``by_role`` those whom the seed's coverage picks, ``by_email`` everybody."""

    by_role: Mapping[str, Person]
    by_email: Mapping[str, Person]

    def __getitem__(self, role: str) -> Person:
        return self.by_role[role]

    def at(self, email: str) -> Person:
        """The person of a contact that an answer named."""
        if email not in self.by_email:
            raise Astray(f"An answer names {email}, whom the seed does not know.")
        return self.by_email[email]


def cast(run: Mapping[str, Any], meanwhile: Callable[[], None]) -> Cast:
    """The people of a running stack, as ``up`` describes it; ``meanwhile`` is done while they wait for it."""
    http = httpx.Client(base_url=run["api"], timeout=_TIMEOUT, trust_env=False)
    by_email = {person["email"]: Person(**person, http=http, meanwhile=meanwhile) for person in run["people"]}
    by_key = {person.key: person for person in by_email.values()}
    return Cast({role: by_key[key] for role, key in run["keys"].items()}, by_email)
