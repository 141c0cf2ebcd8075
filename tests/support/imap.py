"""A mail box that speaks as much IMAP4rev1 as fetching takes: LOGIN, SELECT, UID SEARCH, FETCH and STORE, LOGOUT."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Final

from api.embedded.process import free_port

USER, PASSWORD = "desk", "pass word"
_COMMAND: Final = re.compile(rb"(\S+) (UID \S+|\S+) ?(.*)\r\n", re.DOTALL)


@dataclass
class Mailbox:
    """Mails by UID, and the flags of each; ``said`` are the commands as they came."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"imap://{USER}:pass%20word@127.0.0.1:{self.port}/INBOX"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK IMAP4rev1 ready\r\n")
        while line := await reader.readline():
            matched = _COMMAND.fullmatch(line)
            assert matched, line
            tag, name, rest = matched[1], matched[2].decode().upper(), matched[3].decode()
            self.said.append(name)
            writer.write(self._answer(name, rest) + tag + b" " + self._status(name, rest) + b"\r\n")
            await writer.drain()
            if name == "LOGOUT":
                break

    def _status(self, name: str, rest: str) -> bytes:
        refused = name == "LOGIN" and rest != f'"{USER}" "{PASSWORD}"'
        return b"NO wrong password" if refused else b"OK done"

    def _answer(self, name: str, rest: str) -> bytes:
        if name == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if name == "LOGOUT":
            return b"* BYE\r\n"
        if name == "SELECT":
            return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n".encode()
        if name == "UID SEARCH":
            assert rest.strip("() ") == "UNSEEN"
            found = " ".join(str(uid) for uid in self.mails if uid not in self.seen)
            return f"* SEARCH {found}\r\n".encode()
        if name == "UID STORE":
            uid, what = rest.split(" ", 1)
            assert what.startswith("+FLAGS") and "\\Seen" in what
            self.seen.add(int(uid))
        return self._fetched(rest) if name == "UID FETCH" else b""

    def _fetched(self, rest: str) -> bytes:
        """Never marks as seen by itself: that is asked with PEEK."""
        assert "BODY.PEEK[" in rest
        uid = int(rest.split(" ", 1)[0])
        whole = self.mails[uid]
        part = "HEADER" if "[HEADER]" in rest else ""
        content = whole.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if part else whole
        flags = "\\Seen" if uid in self.seen else ""
        head = f"* {uid} FETCH (UID {uid} FLAGS ({flags}) RFC822.SIZE {len(whole)} BODY[{part}] {{{len(content)}}}\r\n"
        return head.encode() + content + b")\r\n"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A box that answers until the block ends."""
    box, loop = Mailbox(port=free_port()), asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(box.talk, "127.0.0.1", box.port))
    thread = Thread(target=loop.run_forever, name="imap")
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        _end(loop, server)


def _end(loop: asyncio.AbstractEventLoop, server: asyncio.Server) -> None:
    server.close()
    if left := asyncio.all_tasks(loop):
        loop.run_until_complete(asyncio.wait(left, timeout=5))
    loop.run_until_complete(server.wait_closed())
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
