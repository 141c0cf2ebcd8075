"""Which pages a role has: found by following links from the home page, a few of each kind."""

import re
from collections import Counter, deque
from urllib.parse import urlsplit

from playwright.sync_api import Page

EACH = 3
"""How many pages of one kind: cases differ by their stage, lists by their filter."""
MOST = 80
_DATA = re.compile(r"\.(pdf|xml|csv|ics|zip|json)$|^/v1/|^/sign-out|^/static/|/attachments/")
_NAME = re.compile(
    r"PF-\d{4}-\d{6}(-\d+-\d+)?|[0-9a-f]{8}-[0-9a-f-]{27,}|[A-Z]{2,}-[A-Z]+-\d{4}-\d+|\d+|[\w-]{16,}"
)


def kind(path: str) -> str:
    """``/cases/PF-2027-000001`` and ``/cases/PF-2027-000002`` are one kind."""
    address = urlsplit(path)
    query = (
        "?" + ",".join(sorted(part.split("=")[0] for part in address.query.split("&")))
        if address.query
        else ""
    )
    return _NAME.sub("*", address.path) + query


def found(page: Page, origin: str) -> list[str]:
    """Paths in the order they were found; the page is left where the walk ended."""
    waiting, seen, kinds, paths = deque(["/"]), {"/"}, Counter[str](), []
    while waiting and len(paths) < MOST:
        path = waiting.popleft()
        answer = page.goto(origin + path)
        if answer is None or not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            continue
        paths.append(path)
        for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
            address = urlsplit(str(link))
            there = address.path + (f"?{address.query}" if address.query else "")
            if (
                f"{address.scheme}://{address.netloc}" != origin
                or _DATA.search(address.path)
                or there in seen
            ):
                continue
            seen.add(there)
            kinds[kind(there)] += 1
            if kinds[kind(there)] <= EACH:
                waiting.append(there)
    return paths
