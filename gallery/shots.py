"""Pictures of pages, and what axe says of each."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}

PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture; ``violations`` are axe's, ``sideways``: it scrolls to the side, ``bytes`` came
    over the wire, ``paint`` is when it first showed something, in milliseconds."""

    role: str
    path: str
    name: str
    width: int
    scheme: str
    violations: tuple[str, ...]
    sideways: bool
    bytes: int
    paint: int


def file_name(path: str) -> str:
    """``/cases/PF-2027-000001`` is ``cases-PF-2027-000001``."""
    return re.sub(r"[^\w-]+", "-", path).strip("-") or "home"


def shoot(browser: Browser, state: Any, origin: str, role: str, paths: list[str], place: Path) -> list[Shot]:
    """Every path at every width and scheme, into ``place``/``role``."""
    shots = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, storage_state=state
            )
            shots += [_shot(context, origin, role, path, width, scheme, place / role) for path in paths]
            context.close()
    return shots


def _shot(
    context: BrowserContext, origin: str, role: str, path: str, width: int, scheme: str, place: Path
) -> Shot:
    page, came = context.new_page(), [0]
    page.on("response", lambda answer: came.__setitem__(0, came[0] + _size(answer)))
    page.goto(origin + path, wait_until="load")
    paint = int(page.evaluate(PAINTED) or 0)
    name = f"{file_name(path)}-{width}-{scheme}"
    place.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=place / f"{name}.png", full_page=True)
    said = Axe().run(page, options=RULES).response
    (place / f"{name}.axe.json").write_text(json.dumps(said, indent=1))
    shot = Shot(role, path, name, width, scheme, _violations(said), _sideways(page), came[0], paint)
    page.close()
    return shot


def _size(answer: Any) -> int:
    return int(answer.headers.get("content-length", 0))


def _violations(said: dict[str, Any]) -> tuple[str, ...]:
    return tuple(f"{each['id']} ({len(each['nodes'])})" for each in said["violations"])


def _sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
