"""What every chapter plays on."""

from dataclasses import dataclass
from pathlib import Path

from api.demo.person import Cast, Person
from api.demo.post import Mail, Post
from api.demo.screen import Screen
from api.demo.sheet import Sheet


@dataclass(slots=True)
class Stage:
    """One run: where it keeps its data, how it is told, what it noted, who plays, what was mailed."""

    data: Path
    screen: Screen
    sheet: Sheet
    cast: Cast
    post: Post
    ref: str = ""

    @property
    def documents(self) -> Path:
        """Where the documents of the case are saved."""
        return self.data / "documents"

    def chapter(self, number: int, title: str, lead: str) -> None:
        """Open a chapter."""
        self.sheet.chapter = number
        self.screen.chapter(number, title, lead)

    def mail(self, event: str, to: Person) -> Mail:
        """The case's mail about an event to somebody, waited for."""

        def arrived() -> Mail | None:
            wanted = (event, self.ref, to.email)
            return self.post.find(lambda mail: (mail.event, mail.ref, mail.address) == wanted)

        return self.screen.expect(arrived, f"the mail {event} to {to.name}")
