"""One run of the demo: a fresh stack, the story, and then either the end or time to look around."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from rich.text import Text

from api.demo import ending
from api.demo.chapters import approvals, case, climb, money, order
from api.demo.person import Astray, cast
from api.demo.post import Post
from api.demo.screen import Screen
from api.demo.sheet import Sheet
from api.demo.stage import Stage
from api.embedded.plan import Wishes
from api.embedded.up import Running, ended_by_signals, running

_OTHERS: Final = (
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "TEMPORAL_ADDRESS",
    "TEMPORAL_NAMESPACE",
    "SMTP_URL",
    "UPSTREAM_URL",
    "PAYMENTS_URL",
    "ISSUER_URL",
    "BASE_URL",
)
"""What would tell the story in somebody else's database, Temporal or mail: the demo brings all of its own."""

INTERRUPTED: Final = 130


def fresh_directory(under: Path) -> Path:
    """``demo-20270104-093000``, of the present instant."""
    return under / f"demo-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def demonstrate(data: Path, *, once: bool) -> int:
    """Tell the story on a new stack in ``data``; returns the exit status.

    0: every figure was as the example says; 1: not, or the story went astray; 130: interrupted before its end.
    Raises NotStarted when the stack does not come up. The directory must be a new one.
    """
    screen = Screen(_forgiving(sys.stdout))
    _introduce(screen, data)
    status = INTERRUPTED
    with ended_by_signals(), _started(screen, data) as stack:
        run = stack.run
        screen.meanwhile = stack.tend
        stage = Stage(data, screen, Sheet(), cast(run, stack.tend), Post(Path(run["mail_dir"])))
        status = _tell(stage)
        if not once:
            ending.look_around(stage, run)
            _stay(stack)
    screen.console.print(
        Text(f"Stopped. Open it again with: {_ourselves()} up --data {data}"), soft_wrap=True
    )
    return status


@contextmanager
def _started(screen: Screen, data: Path) -> Iterator[Running]:
    wishes = Wishes(data, 0, "demo", test_clock=False, instant=None)
    with ExitStack() as closing:
        with screen.console.status("starting PostgreSQL, Temporal, a mail sink, web and worker"):
            stack = closing.enter_context(running(wishes, _own_parts(os.environ)))
        yield stack


def _stay(stack: Running) -> NoReturn:
    while True:
        time.sleep(0.1)
        stack.tend()


def _introduce(screen: Screen, data: Path) -> None:
    screen.console.print("[bold]Partnerflow: the 2,500 pound wrong licence, and how it comes back[/]")
    screen.console.print(
        Text(
            "A real stack of its own, at the present instant. Calendars are open day and night and a decision may"
            " take a minute (policies/demo.yaml), so nobody waits long: about two minutes."
        )
    )
    screen.console.print(Text(f"Data: {data}"), soft_wrap=True)


def _tell(stage: Stage) -> int:
    """All chapters; where the story goes astray, what was noted so far is shown all the same."""
    try:
        stage.screen.say(f"The stack serves after {stage.screen.elapsed}.")
        opened = case.tell(stage, order.tell(stage))
        approvals.tell(stage, climb.tell(stage, opened))
        money.tell(stage)
        ending.tell(stage)
    except (Astray, LookupError, TypeError) as astray:
        said = (
            astray if isinstance(astray, Astray) else f"An answer has another form than expected: {astray!r}"
        )
        stage.screen.console.print(
            Text(f"\nThe story went astray in chapter {stage.sheet.chapter}. {said}", "bold red")
        )
        ending.verdict(stage)
        stage.screen.console.print(Text(f"What the stack wrote: {stage.data / 'logs'}"))
        return 1
    return 1 if stage.sheet.wrong else 0


def _ourselves() -> str:
    """How this program was called, for another call."""
    return sys.argv[0] if Path(sys.argv[0]).name == "partnerflow" else "partnerflow"


def _own_parts(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in _OTHERS}


def _forgiving(out: Any) -> Any:
    """A terminal that cannot write a tick writes a question mark rather than ending the story."""
    if hasattr(out, "reconfigure"):
        out.reconfigure(errors="replace")
    return out
