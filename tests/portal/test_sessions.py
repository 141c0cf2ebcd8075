"""Sessions: one statement says who it is at every request, and one row ends it at once."""

from tests.api.calling import World
from tests.portal.browsing import Browser

ELLIE = "ellie.marsh@harbour.example"


def test_a_link_signs_in_and_leads_to_the_page_it_was_made_for(world: World, browser: Browser) -> None:
    answer = browser.sign_in(ELLIE, "/cases?stage=approval")
    assert (answer.status_code, answer.location) == (303, "/cases?stage=approval")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-partnerflow=")
    assert "HttpOnly" in cookie and "Secure" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert browser.get("/cases").status_code == 200
    assert browser.client.get("/v1/cases", base_url="https://desk.example").status_code == 200
