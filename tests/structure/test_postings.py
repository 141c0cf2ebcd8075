"""Every kind of event has decided what it posts: entries, or nothing with a reason."""

import pytest

from partnerflow.cases import events
from partnerflow.cases.postings import POSTS, SILENT


@pytest.mark.parametrize("kind", events.EVENTS.values(), ids=events.EVENTS)
def test_every_event_of_a_case_posts_or_says_why_not(kind: type) -> None:
    assert (kind in POSTS) is not (kind in SILENT)


def test_nothing_else_is_listed() -> None:
    assert {*POSTS, *SILENT} == set(events.EVENTS.values())
