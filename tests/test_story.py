"""The whole story on real PostgreSQL, Temporal, SMTP and HTTP, as one test."""

import tempfile
from pathlib import Path

from tests import story


def test_a_wrong_order_becomes_money_back_on_the_real_stack() -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        with story.own_stack(Path(place) / "story") as stack:
            story.tell(stack)
