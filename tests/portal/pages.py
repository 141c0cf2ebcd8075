"""What tests of pages share: a form as it stands on a page, and the words a page shows."""

import re
from html import unescape

from werkzeug.test import TestResponse

from tests.portal.browsing import Browser, token_of


def shown(answer: TestResponse) -> str:
    """The words of a page, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def key_of(answer: TestResponse) -> str:
    """The key of the first form of a page."""
    found = re.search(r'name="key" value="([^"]+)"', answer.text)
    assert found, answer.text[:500]
    return found[1]


def submit(browser: Browser, page: str, path: str, **fields: str) -> TestResponse:
    """A form of ``page`` sent to ``path`` with the key and the token it was set with; ``__`` in names is a point."""
    loaded = browser.get(page)
    assert loaded.status_code == 200, loaded.text[:500]
    own = {"csrf_token": token_of(loaded), "key": key_of(loaded)}
    return browser.post(path, own | {name.replace("__", "."): value for name, value in fields.items()})
