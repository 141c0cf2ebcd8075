"""Worked example 1 in a browser, from the reseller's dispute to the papers they read: nothing but pages and forms."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import story

ELLIE, NADIA = "ellie.marsh@harbour.example", "nadia.rahman@meridian.example"
OWEN, PRIYA = "owen.clarke@arbor.example", "priya.nair@arbor.example"


@contextmanager
def signed_in(browser: Browser, stack: story.Stack, who: str) -> Iterator[Page]:
    """A browser of one person, signed in by a link."""
    command = [sys.executable, "-m", "api.cli", "sign-in", who, "--data", str(stack.data)]
    made = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(next(word for word in made.stdout.split() if word.startswith("http")))
    page.locator("main button").first.click()
    page.wait_for_load_state()
    yield page
    context.close()


@pytest.mark.long
def test_a_wrong_licence_becomes_money_back_by_pages_alone(tmp_path: Path) -> None:
    with story.own_stack(tmp_path / "walk") as stack, sync_playwright() as player:
        chromium = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        order = story.order_goes_through(stack)
        story.is_invoiced_paid_and_activated(stack, order)
        ref = disputed(chromium, stack, order)
        case = f"{stack.line['api']}/cases/{ref}"
        asked_and_answered(chromium, stack, case)
        decided(chromium, stack, ref)
        passed_on(chromium, stack, case)
        read_by_the_reseller(chromium, stack, case)
        chromium.close()


def disputed(chromium: Browser, stack: story.Stack, order: dict[str, str]) -> str:
    """The reseller asks; the exception line by line goes over the API's body, as the page has it as fields."""
    case = story.ok(stack.post("reseller", "/v1/cases", story.the_request(order["id"])), 201)
    with signed_in(chromium, stack, ELLIE) as page:
        page.goto(f"{stack.line['api']}/cases/{case['ref']}")
        expect(page.locator("h1")).to_have_text("Wrong item: 50 × LIC-PRO ordered, 46 × LIC-STD wanted")
        expect(page.locator("#money")).to_contain_text("£1,157.76")
        page.set_input_files(
            "#evidence", {"name": "keys.txt", "mimeType": "text/plain", "buffer": b"four keys\n"}
        )
        page.get_by_role("button", name="Put them to the case").click()
        expect(page.locator("#documents")).to_contain_text("keys.txt")
    return str(case["ref"])


def asked_and_answered(chromium: Browser, stack: story.Stack, case: str) -> None:
    with signed_in(chromium, stack, OWEN) as page:
        page.goto(case)
        page.locator("#ask_partner summary").click()
        page.get_by_label("Your question").fill("Can the four keys be revoked?")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".promise")).to_contain_text("Paused at")
    with signed_in(chromium, stack, ELLIE) as page:
        page.goto(case)
        page.get_by_role("link", name="One answer").click()
        page.get_by_label("Your answer").fill("Yes, until 3 February.")
        page.get_by_role("button", name="Answer", exact=True).click()
        expect(page.locator(".promise")).not_to_contain_text("Paused at")
        expect(page.locator("#timeline")).to_contain_text("Yes, until 3 February.")


def decided(chromium: Browser, stack: story.Stack, ref: str) -> None:
    """Whoever has it now, then whoever has it next: each sees it on top of their inbox."""
    for _ in range(2):
        now = story.ok(stack.get("reseller", f"/v1/cases/{ref}"), 200)["contacts"]["deciding_now"]
        with signed_in(chromium, stack, now["email"]) as page:
            page.goto(f"{stack.line['api']}/cases/{ref}")
            page.get_by_role("link", name="Your decision").click()
            page.get_by_label("Your words, which the partner will read").fill("An honest mistake.")
            page.get_by_role("button", name="Approve", exact=False).first.click()
            expect(page.locator("main")).to_contain_text("Approved")


def passed_on(chromium: Browser, stack: story.Stack, case: str) -> None:
    ref = case.rsplit("/", 1)[1]

    def arrived() -> bool | None:
        now = story.ok(stack.get("reseller", f"/v1/cases/{ref}"), 200)
        return True if now["stage"] == "passing_on" else None

    story.eventually(arrived, "the remedy", 60)
    with signed_in(chromium, stack, NADIA) as page:
        page.goto(case)
        page.get_by_role("link", name="Confirm that the account shows the credit").click()
        page.get_by_label("Your reference").fill("ST-2027-01")
        page.locator("#confirm_pass_through").get_by_role("button", name="Confirm").click()
        expect(page.locator(".promise")).to_contain_text("Nobody: it is closed")


def read_by_the_reseller(chromium: Browser, stack: story.Stack, case: str) -> None:
    with signed_in(chromium, stack, ELLIE) as page:
        page.goto(f"{case}?show=documents")
        expect(page.locator("#money")).to_contain_text("642.24")
        for href in page.locator("#documents a.num").evaluate_all("all => all.map((a) => a.href)"):
            paper = page.request.get(href)
            assert paper.status == 200 and paper.body().startswith(b"%PDF")
        page.get_by_role("link", name="Dossier").click()
        expect(page.locator("#decisions")).to_contain_text("An honest mistake.")
        assert "upstream" not in page.content() and "2,534.40" not in page.content()
        paper = page.request.get(page.get_by_role("link", name="as PDF").evaluate("a => a.href"))
        assert paper.status == 200 and paper.body().startswith(b"%PDF")
