"""The mails of a run, as its mail sink filed them."""

from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mail:
    """One filed mail; ``event`` and ``ref`` as its headers say, ``text`` its plain part."""

    path: Path
    name: str
    address: str
    subject: str
    event: str
    ref: str
    text: str
    attachments: tuple[str, ...]


class Post:
    """The Maildir of a run. A filed mail never changes, so each is read once."""

    def __init__(self, directory: Path) -> None:
        """Take the directory, which may not be there yet."""
        self.directory = directory
        self._known: dict[Path, Mail] = {}

    def all(self) -> list[Mail]:
        """What was sent so far, oldest first."""
        for path in sorted(self.directory.glob("new/*"), key=lambda path: (path.stat().st_mtime_ns, path)):
            if path not in self._known:
                self._known[path] = _read(path)
        return list(self._known.values())

    def find(self, fits: Callable[[Mail], bool]) -> Mail | None:
        """The first mail that fits."""
        return next((mail for mail in self.all() if fits(mail)), None)


def _read(path: Path) -> Mail:
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    to = message["To"].addresses[0]
    body = message.get_body(("plain",))
    return Mail(
        path=path,
        name=to.display_name,
        address=to.addr_spec,
        subject=str(message["Subject"]).strip(),
        event=str(message["X-Partnerflow-Event"] or ""),
        ref=str(message["X-Partnerflow-Ref"] or ""),
        text=body.get_content().strip() if body else "",
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )
