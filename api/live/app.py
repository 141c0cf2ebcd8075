"""The event loop's application: ``GET /live/<topic>`` with the portal's session, answered as an event stream."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from sqlalchemy import Engine

from api.auth import digest_of
from api.live.broker import Broker
from api.live.topics import Topic, admit, topic
from partnerflow.store.database import create_database_engine

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

ROOT: Final = "/live/"
BEAT: Final = 20.0
"""Seconds between two signs of life; at each the session is asked again, so that a revoked one ends."""


class Live:
    """The application of one process. ``origin`` is the portal's: pages from elsewhere are not told anything."""

    def __init__(self, url: str, origin: str, cookie: str) -> None:
        """``url`` of the database as the application role; ``cookie`` the name of the session's."""
        self.url, self.origin, self.cookie = url, origin, cookie
        self.engine: Engine | None = None
        self.broker: Broker | None = None

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI: the life of the process, or one page that follows."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.engine = create_database_engine(self.url, pool_size=4, application="partnerflow live")
        self.broker = Broker(self.engine)
        self.broker.start(self.url)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.broker.stop()
        self.engine.dispose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        path = str(scope["path"])
        if path == "/healthz":
            await self._short(send, HTTPStatus.OK)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        digest = self._digest(headers.get("cookie", ""))
        found = await self._topic(path, digest) if digest and self._from_us(headers, scope) else None
        if found is None or digest is None:
            await self._short(send, HTTPStatus.NOT_FOUND)
            return
        await self._follow(found, digest, receive, send)

    def _from_us(self, headers: Mapping[str, str], scope: Mapping[str, Any]) -> bool:
        return scope["method"] == "GET" and headers.get("origin", self.origin) == self.origin

    def _digest(self, cookies: str) -> bytes | None:
        try:
            found = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return None
        return digest_of(found.value) if found and len(found.value) <= 100 else None

    async def _topic(self, path: str, digest: bytes) -> Topic | None:
        assert self.engine is not None
        if not path.startswith(ROOT):
            return None
        who = await asyncio.to_thread(admit, self.engine, digest)
        return await asyncio.to_thread(topic, self.engine, who, path[len(ROOT) :]) if who else None

    async def _follow(self, followed: Topic, digest: bytes, receive: Receive, send: Send) -> None:
        assert self.broker is not None
        queue = await self.broker.follow(followed)
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await send(self._head(HTTPStatus.OK, "text/event-stream"))
            await self._say(send, "retry: 3000\n\n")
            while not gone.done() and await self._next(queue, gone, digest, send):
                pass
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone
            self.broker.leave(followed, queue)

    async def _next(
        self, queue: asyncio.Queue[str], gone: "asyncio.Future[None]", digest: bytes, send: Send
    ) -> bool:
        """One event or one sign of life; False when the session has ended."""
        assert self.engine is not None
        mark = asyncio.ensure_future(queue.get())
        await asyncio.wait((mark, gone), timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
        if mark.done():
            await self._say(send, f"event: changed\ndata: {mark.result()}\n\n")
            return True
        mark.cancel()
        if gone.done():
            return False
        await self._say(send, ": still here\n\n")
        return await asyncio.to_thread(admit, self.engine, digest) is not None

    async def _say(self, send: Send, words: str) -> None:
        await send({"type": "http.response.body", "body": words.encode(), "more_body": True})

    async def _short(self, send: Send, status: HTTPStatus) -> None:
        await send(self._head(status, "text/plain"))
        await send({"type": "http.response.body", "body": status.phrase.encode()})

    def _head(self, status: HTTPStatus, media: str) -> dict[str, Any]:
        headers = {
            "content-type": media,
            "cache-control": "no-store",
            "x-accel-buffering": "no",
            "access-control-allow-origin": self.origin,
            "access-control-allow-credentials": "true",
            "vary": "Origin",
        }
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        return {"type": "http.response.start", "status": int(status), "headers": encoded}


async def _disconnected(receive: Receive) -> None:
    """Ends when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
