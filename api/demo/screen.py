"""How the story reads, on a terminal as in a file: what happened when, by whom, and what the desk answered."""

import re
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final, TextIO, TypeVar
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from api.demo.person import Answer, Astray, Person
from api.demo.post import Mail

Seen = TypeVar("Seen")

_ZONE: Final = ZoneInfo("Europe/London")
_LONG_ID: Final = re.compile(r"\b([0-9a-f]{8})-[0-9a-f-]{27}\b")
_INDENT: Final = 6
_GLANCE: Final = 0.25
_EVERY: Final = 15.0
_WIDEST: Final = 120


class Screen:
    """Writes to ``out``; colours and moving lines only where it is a terminal."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        """Begin to count the time. ``meanwhile`` is done at every glance while the story waits."""
        self.console = Console(file=out, highlight=False)
        self.console.width = min(self.console.width, _WIDEST)
        self._began = time.monotonic()
        self.meanwhile: Callable[[], None] = lambda: None

    @property
    def elapsed(self) -> str:
        """Minutes and seconds since the beginning."""
        return span(time.monotonic() - self._began)

    def chapter(self, number: int, title: str, lead: str) -> None:
        """Open a chapter."""
        self.console.print()
        self.console.rule(f"[bold]{number}  {title}", align="left", style="cyan")
        self.say(lead)
        self.console.print()

    def say(self, text: str, style: str = "") -> None:
        """A sentence of the narrator's."""
        self.put(Text(text, style))

    def put(self, what: RenderableType) -> None:
        """Anything, beside the story's margin."""
        self.console.print(Padding(what, (0, 0, 0, _INDENT), expand=False))

    def act(self, who: Person, does: str, answer: Answer) -> None:
        """What a person did, and what they called for it."""
        done = Text.assemble((who.name, "bold"), f" ({who.organisation.capitalize()}) {does}")
        self._at(done)
        milliseconds = f"{answer.seconds * 1000:.0f} ms"
        path = _LONG_ID.sub(r"\1…", answer.path)
        self.put(Text(f"{answer.method} {path}  {answer.status}  {milliseconds}", "dim"))

    def mail(self, mail: Mail) -> None:
        """A mail that went out."""
        self._at(Text.assemble(("mail to ", "magenta"), (mail.name, "bold"), f": {mail.subject}"))

    def letter(self, mail: Mail) -> None:
        """A mail as its reader gets it."""
        head = f"To: {mail.name} <{mail.address}>\nSubject: {mail.subject}\n\n"
        self.put(Panel(Text(head + mail.text), border_style="magenta"))

    def facts(self, rows: Iterable[tuple[str, str | Text]]) -> None:
        """What an answer said, by name."""
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="cyan", no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in rows:
            grid.add_row(name, value)
        self.put(grid)

    def wait(
        self, look: Callable[[], Seen | None], caption: str, until: datetime, seconds: float, what: str
    ) -> Seen:
        """Count down to ``until`` while looking for something; Astray when it is not there ``seconds`` later."""
        whole = max((until - datetime.now(UTC)).total_seconds(), 0.001)
        told = time.monotonic() - _EVERY
        with ExitStack() as closing:
            live = None
            while (found := look()) is None:
                left = (until - datetime.now(UTC)).total_seconds()
                if left < -seconds:
                    raise Astray(f"{what} did not come within {seconds:.0f} s.")
                if self.console.is_terminal:
                    live = live or closing.enter_context(_line(self.console))
                    live.update(_counting(caption, whole, left), refresh=True)
                elif left > 0 and time.monotonic() - told >= _EVERY:
                    told = time.monotonic()
                    self._at(Text(f"{caption} {span(left)}"))
                self.meanwhile()
                time.sleep(_GLANCE)
        return found

    def expect(self, look: Callable[[], Seen | None], what: str, seconds: float = 30) -> Seen:
        """Wait for something that is on its way; Astray when it does not come."""
        return self.wait(look, f"waiting for {what}", datetime.now(UTC), seconds, what)

    def _at(self, text: Text) -> None:
        grid = Table.grid()
        grid.add_column(width=_INDENT, style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(self.elapsed, text)
        self.console.print(grid)


def span(seconds: float) -> str:
    """``1:05``."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def local(instant: str | None) -> str:
    """An instant of an answer, where the story plays: ``Tue 5 Jan 09:30:00 GMT``."""
    if instant is None:
        return "never"
    here = datetime.fromisoformat(instant).astimezone(_ZONE)
    return f"{here:%a} {here.day} {here:%b %H:%M:%S %Z}"


def _line(console: Console) -> Live:
    """A line that changes in place and is gone afterwards; begun only where there is something to wait for."""
    return Live(console=console, transient=True, auto_refresh=False)


def _counting(caption: str, whole: float, left: float) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    if left > 0:
        grid.add_row(
            " " * (_INDENT - 1), ProgressBar(whole, whole - left, width=24), f"{caption} {span(left)}"
        )
    else:
        grid.add_row(" " * (_INDENT - 1), f"{caption} …")
    return grid
