"""People at work in a real browser, on the whole stack: by mouse, by keyboard alone, and without scripts."""

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from api.embedded.mail import messages
from gallery.world import World, accepted, exchange, fewer, grant, started

pytestmark = pytest.mark.long

CHROMIUM = "/usr/bin/chromium"
ELLIE, PRIYA, AMARA = "ellie.marsh@harbour.example", "priya.nair@arbor.example", "amara.diallo@arbor.example"
PETER, ROBIN = "peter.holt@arbor.example", "robin.marsh@arbor.example"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    process, made = started(tmp_path_factory.mktemp("walks") / "data")
    with process:
        yield made
        process.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, world: World) -> Iterator[BrowserContext]:
    made = chromium.new_context(base_url=world.run["api"], viewport={"width": 1280, "height": 900})
    yield made
    made.close()


def signed_in(context: BrowserContext, world: World, who: str) -> Page:
    page = context.new_page()
    page.goto(world.sign_in(who))
    page.locator("main button").first.click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


def mailed_link(world: World, to: str) -> str:
    """The sign-in link in the newest mail to somebody, as the mail sink has it."""
    for _ in range(100):
        for mail in reversed([*messages(Path(world.run["mail_dir"]))]):
            text = mail.get_body(("plain",))
            found = re.search(r"https?://\S+/sign-in/link/\S+", text.get_content()) if text else None
            if found and to in str(mail["To"]):
                return found[0]
        time.sleep(0.1)
    raise AssertionError("no mail with a link came")


def test_a_reseller_signs_in_by_a_mailed_link(world: World, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/cases")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_label(re.compile("mail", re.IGNORECASE)).first.fill(ELLIE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/sent**")
    page.goto(mailed_link(world, ELLIE))
    page.locator("main button").first.click()
    expect(page.get_by_text("Ellie Marsh")).to_be_visible()


def test_a_wrong_order_is_disputed_with_its_outcome_seen_first(world: World, context: BrowserContext) -> None:
    accepted(world, "W-1", activated_quantity=0)
    page = signed_in(context, world, ELLIE)
    page.get_by_role("link", name="Something is wrong with an order").click()
    page.get_by_label("W-1").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What is wrong?").select_option("wrong_item_ordered")
    expect(page.get_by_label("What do you want?")).to_have_value("exchange")
    page.get_by_label("How many of them are wrong?").fill("30")
    page.get_by_label("Product").fill("LIC-STD")
    page.get_by_label("How many?", exact=True).fill("30")
    page.get_by_label("In your words").fill("Standard was meant.")
    page.get_by_label("In your words").blur()
    outlook = page.locator("#outlook")
    expect(outlook.get_by_text("£1,800.00")).to_be_visible()
    expect(outlook.get_by_text("£676.80")).to_be_visible()
    expect(outlook.get_by_text("Priya Nair")).to_be_visible()
    page.get_by_role("button", name="Send it").click()
    page.wait_for_url("**/cases/PF-*")
    expect(page.get_by_text("Who has it now")).to_be_visible()
    expect(page.get_by_text("Standard was meant.").first).to_be_attached()


def test_the_page_of_a_case_follows_what_others_do(world: World, context: BrowserContext) -> None:
    ref = fewer(world, "W-2", 12, "Twelve too many.")
    page = signed_in(context, world, ELLIE)
    with page.expect_response(re.compile("/live/cases/")):
        page.goto(f"/cases/{ref}")
    world.act("owen", ref, "note", text="I have it, and look at it now.", visibility="public")
    expect(page.get_by_text("I have it, and look at it now.")).to_be_visible(timeout=10_000)
    page.get_by_label("Add to the case").fill("half a sentence")
    world.act("owen", ref, "ask_partner", text="Which users?")
    expect(page.locator("#changed")).to_be_visible(timeout=10_000)
    expect(page.get_by_label("Add to the case")).to_have_value("half a sentence")


def test_a_decider_decides_by_keys_alone(world: World, context: BrowserContext) -> None:
    ref = exchange(world, "W-3")
    page = signed_in(context, world, PRIYA)
    page.goto(f"/approvals/{ref}-1-1")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Approve £2,400.00 net")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox")
    expect(page.get_by_role("status").get_by_text("Approved")).to_be_visible()
    steps = world.call("owen", "GET", f"/v1/approvals/{ref}-1-1")
    assert steps["status"] == "decided"


def test_two_people_of_finance_take_a_credit_note_back(
    world: World, context: BrowserContext, chromium: Browser
) -> None:
    ref = fewer(world, "W-6", 8, "Eight too many.")
    grant(world, ref)
    world.until("owen", ref, "passing_on")
    notes = world.call("amara", "GET", f"/v1/credit-notes?case={ref}")["items"]
    number = next(note["number"] for note in notes if note["leg"] == "downstream")
    page = signed_in(context, world, AMARA)
    page.get_by_role("link", name="Finance").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Credit notes").first.click()
    page.get_by_role("link", name=re.compile(number)).click()
    page.get_by_text("Ask for it to be void").first.click()
    page.get_by_label("Why?").fill("Credited to the wrong branch.")
    page.locator("details[open] button").click()
    expect(page.get_by_text("another person of finance has to agree")).to_be_visible()
    other = signed_in(chromium.new_context(base_url=world.run["api"]), world, PETER)
    other.goto(f"/credit-notes/{number}")
    expect(other.get_by_text("Credited to the wrong branch.").first).to_be_visible()
    other.get_by_label("Why?").fill("Seen, and agreed.")
    other.locator("details[open] button").click()
    expect(other.get_by_text(re.compile("MER-DN-")).first).to_be_visible()
    other.context.close()


def test_an_admin_sees_the_health_of_the_whole_and_no_word_of_a_case(
    world: World, context: BrowserContext
) -> None:
    ref = fewer(world, "W-7", 12, "A word of theirs.")
    page = signed_in(context, world, ROBIN)
    for name in ("People", "Coverage", "Calendars", "Keys", "Health", "Audit"):
        page.goto("/admin")
        page.locator("main").get_by_role("link", name=re.compile(name)).first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"/cases/{ref}")
    expect(page.get_by_text(ref).first).to_be_visible()
    assert "A word of theirs." not in page.content()


def test_everything_of_a_page_is_reached_and_seen_by_the_tab_key(
    world: World, context: BrowserContext
) -> None:
    ref = fewer(world, "W-4", 12, "Twelve too many.")
    page = signed_in(context, world, ELLIE)
    page.goto(f"/cases/{ref}")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    reached, wanted = (
        set(),
        page.locator(
            "main :is(a[href], button, input:not([type=hidden]), textarea, select, summary):visible"
        ),
    )
    every = {wanted.nth(index).evaluate("each => each.outerHTML") for index in range(wanted.count())}
    for _ in range(len(every) + 30):
        page.keyboard.press("Tab")
        here, outline = page.evaluate(
            "[document.activeElement.outerHTML, getComputedStyle(document.activeElement).outlineStyle]"
        )
        reached.add(here)
        assert outline != "none" or here.startswith("<body"), here
    assert not every - reached


def test_a_dispute_goes_through_without_any_script(world: World, chromium: Browser) -> None:
    accepted(world, "W-5", activated_quantity=0)
    context = chromium.new_context(base_url=world.run["api"], java_script_enabled=False)
    page = signed_in(context, world, ELLIE)
    page.goto("/cases/new")
    page.get_by_label("W-5").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What is wrong?").select_option("wrong_quantity")
    page.get_by_label("What do you want?").select_option("quantity_reduction")
    page.get_by_label("In your words").fill("Ten too many.")
    page.get_by_label("How many of them are wrong?").fill("10")
    page.get_by_role("button", name="Keep, and show what comes of it").click()
    expect(page.locator("#outlook").get_by_text("£600.00").first).to_be_visible()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Received. This is who has it, and by when.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1920])
def test_no_page_scrolls_to_the_side(world: World, chromium: Browser, width: int) -> None:
    context = chromium.new_context(base_url=world.run["api"], viewport={"width": width, "height": 800})
    page = signed_in(context, world, PRIYA)
    ref = world.call("priya", "GET", "/v1/cases?limit=1")["items"][0]["ref"]
    for path in ("/", "/inbox", "/cases", f"/cases/{ref}", "/orders", "/contacts"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()
