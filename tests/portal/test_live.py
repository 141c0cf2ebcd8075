"""What open pages are told: that they are old, and only of what their reader may read."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from api.live.app import Live
from tests.api.calling import World, opened, ordered
from tests.portal.browsing import Browser

COOKIE = "__Host-partnerflow"
ORIGIN = "https://desk.example"


class Page:
    """One page that follows: what it was sent."""

    def __init__(self, path: str, cookie: str, origin: str = ORIGIN) -> None:
        headers = [(b"cookie", f"{COOKIE}={cookie}".encode()), (b"origin", origin.encode())]
        self.scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
        self.sent: list[Mapping[str, Any]] = []
        self.gone = asyncio.Event()

    async def receive(self) -> Mapping[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int | None:
        return self.sent[0]["status"] if self.sent else None

    @property
    def words(self) -> str:
        return b"".join(each.get("body", b"") for each in self.sent).decode()


async def followed(
    world: World, pages: list[Page], change: Callable[[], object], enough: Callable[[], bool]
) -> None:
    """Run the application while ``pages`` look, change something, and wait until ``enough`` holds."""
    live = Live(str(world.app.config["SQLALCHEMY_DATABASE_URI"]), ORIGIN, COOKIE)
    started, ended = asyncio.Event(), asyncio.Event()

    async def lifespan_receive() -> Mapping[str, Any]:
        if not started.is_set():
            return {"type": "lifespan.startup"}
        await ended.wait()
        return {"type": "lifespan.shutdown"}

    async def lifespan_send(_: Mapping[str, Any]) -> None:
        started.set()

    life = asyncio.create_task(live({"type": "lifespan"}, lifespan_receive, lifespan_send))
    await started.wait()
    looking = [asyncio.create_task(live(page.scope, page.receive, page.send)) for page in pages]
    await _until(lambda: all(page.status for page in pages))
    await asyncio.to_thread(change)
    await _until(enough)
    for page in pages:
        page.gone.set()
    await asyncio.gather(*looking)
    ended.set()
    await life


async def _until(holds: Callable[[], bool]) -> None:
    """Both sides are other people's: there is nothing here to wait on but what came of it."""
    for _ in range(400):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come")


def signed_in(world: World, email: str) -> str:
    browser = Browser(world.app)
    browser.sign_in(email)
    found = browser.client.get_cookie(COOKIE, domain="desk.example")
    assert found is not None
    return str(found.value)


def test_a_page_is_told_that_its_case_changed_and_nothing_of_what_was_said(world: World) -> None:
    case = opened(world, ordered(world), 20)
    path = f"/live/cases/{case['ref']}"
    own = Page(path, signed_in(world, "ellie.marsh@harbour.example"))
    home = Page("/live/home", signed_in(world, "owen.clarke@arbor.example"))

    def change() -> None:
        note = {"text": "A word of ours.", "visibility": "public"}
        world.person("owen.clarke@arbor.example").post(f"/v1/cases/{case['ref']}/actions/note", note)

    told = lambda: all("event: changed" in page.words for page in (own, home))  # noqa: E731
    asyncio.run(followed(world, [own, home], change, told))
    assert own.status == 200
    assert "A word of ours." not in own.words + home.words


@pytest.mark.parametrize(
    ("path", "email", "origin"),
    [
        ("/live/cases/{ref}", "karl.jensen@quayside.example", ORIGIN),
        ("/live/cases/PF-1999-000001", "ellie.marsh@harbour.example", ORIGIN),
        ("/live/other", "ellie.marsh@harbour.example", ORIGIN),
        ("/live/cases/{ref}", "ellie.marsh@harbour.example", "https://elsewhere.example"),
    ],
)
def test_what_one_may_not_read_cannot_be_followed(world: World, path: str, email: str, origin: str) -> None:
    case = opened(world, ordered(world), 20)
    page = Page(path.format(ref=case["ref"]), signed_in(world, email), origin)
    asyncio.run(followed(world, [page], lambda: None, lambda: True))
    assert page.status == 404


def test_nobody_follows_anything_without_a_session(world: World) -> None:
    page = Page("/live/home", "a-token-nobody-has")
    asyncio.run(followed(world, [page], lambda: None, lambda: True))
    assert page.status == 404
