"""Start, play, look: ``python -m gallery [role ...]``; ends with 1 when a page has a violation or scrolls sideways."""

import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from gallery import pages, shots
from gallery.world import World, play, started

ROLES = {
    "reseller": "ellie.marsh@harbour.example",
    "distributor": "nadia.rahman@meridian.example",
    "decider": "priya.nair@arbor.example",
    "owner": "owen.clarke@arbor.example",
    "finance": "amara.diallo@arbor.example",
    "executive": "grace.okafor@arbor.example",
    "admin": "robin.marsh@arbor.example",
}
PLACE = Path("var/gallery")
CHROMIUM = "/usr/bin/chromium"


def main(roles: Sequence[str]) -> int:
    """Every role, or those named; returns the exit status."""
    shutil.rmtree(PLACE, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="partnerflow-gallery-") as place:
        process, world = started(Path(place))
        with process:
            try:
                play(world)
                found = look(world, roles or list(ROLES))
            finally:
                process.send_signal(signal.SIGINT)
    (PLACE / "index.html").write_text(index(found))
    bad = [each for each in found if each.violations or each.sideways]
    for each in bad:
        said = ", ".join(each.violations) + (" scrolls sideways" if each.sideways else "")
        sys.stdout.write(f"{each.role} {each.path} {each.width} {each.scheme}: {said}\n")
    sys.stdout.write(summary(found, len(bad)))
    return 1 if bad else 0


def summary(found: Sequence[shots.Shot], bad: int) -> str:
    """In figures: how many, how heavy at most, and how soon they showed something."""
    heaviest = max(found, key=lambda each: each.bytes)
    paints = sorted(each.paint for each in found)
    slowest = max(found, key=lambda each: each.paint)
    return (
        f"{len(found)} pictures of {len({(s.role, s.path) for s in found})} pages, {bad} with something to mend.\n"
        f"Heaviest: {heaviest.path} with {heaviest.bytes // 1000} kB. First content: median "
        f"{paints[len(paints) // 2]} ms, slowest {slowest.path} with {slowest.paint} ms. See {PLACE}/index.html\n"
    )


def look(world: World, roles: Sequence[str]) -> list[shots.Shot]:
    """All pages of these roles."""
    found: list[shots.Shot] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found += _strangers(browser, world)
        for role in roles:
            state, paths = _signed_in(browser, world, ROLES[role])
            sys.stdout.write(f"{role}: {len(paths)} pages\n")
            found += shots.shoot(browser, state, world.run["api"], role, paths, PLACE)
        browser.close()
    return found


def _strangers(browser: Browser, world: World) -> list[shots.Shot]:
    """What somebody sees who is not signed in."""
    return shots.shoot(browser, None, world.run["api"], "nobody", ["/sign-in", "/nowhere"], PLACE)


def _signed_in(browser: Browser, world: World, email: str) -> tuple[object, list[str]]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(world.sign_in(email))
    page.click("main button")
    page.wait_for_load_state()
    paths = pages.found(page, world.run["api"])
    state = context.storage_state()
    context.close()
    return state, paths


def index(found: Sequence[shots.Shot]) -> str:
    """One page with every picture, role by role."""
    rows = []
    for role in dict.fromkeys(each.role for each in found):
        rows.append(f"<h2>{escape(role)}</h2>")
        own = [each for each in found if each.role == role]
        for path in dict.fromkeys(each.path for each in own):
            rows.append(f"<h3>{escape(path)}</h3><div>")
            rows += [_figure(each) for each in own if each.path == path]
            rows.append("</div>")
    style = (
        "body { font: 16px system-ui; margin: 2rem } div { display: flex; gap: 1rem; overflow: auto } "
        "img { height: 22rem; border: 1px solid #8886 }"
    )
    return f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{style}</style>{''.join(rows)}"


def _figure(each: shots.Shot) -> str:
    said = ", ".join(each.violations) or "no violation"
    source = f"{each.role}/{each.name}.png"
    return (
        f'<figure><a href="{source}"><img src="{source}" alt="" loading="lazy"></a>'
        f'<figcaption>{each.width} {each.scheme} · <a href="{each.role}/{each.name}.axe.json">{escape(said)}</a>'
        f"</figcaption></figure>"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
