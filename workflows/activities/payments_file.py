"""The payment port by files, for an ERP that is fed by a directory.

We write ``out/<key>.json``, whole and once; the ERP answers by ``in/<key>.json`` with ``{state, reference, at,
reason?}``. It leaves ``out/<key>.json`` where it is until it has answered: without both, nothing was asked. Whoever
runs the ERP makes both folders; while one is missing, as on a mount that is away, nobody can say anything.
"""

import errno
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from partnerflow.cases.money_commands import Found
from workflows.activities.payments_answers import answer_of
from workflows.contract_payments import PaymentAnswer

LONGEST: Final = 180


@dataclass(frozen=True, slots=True)
class FilePort:
    directory: Path

    def send(self, payment: dict[str, Any]) -> PaymentAnswer:
        text = json.dumps(payment, ensure_ascii=False, sort_keys=True, indent=1).encode()
        try:
            known = _link(self.directory / "out" / name_of(payment["key"]), text)
        except OSError as error:
            return PaymentAnswer(Found.UNKNOWN, reason=_why(error))
        if known is not None and known != text:
            return PaymentAnswer(Found.FAILED, reason="Another payment was written under this key before.")
        return self.look(payment)

    def look(self, payment: dict[str, Any]) -> PaymentAnswer:
        name = name_of(payment["key"])
        try:
            answer = _read(self.directory / "in" / name)
            if answer is None:
                asked = (self.directory / "out" / name).exists()
                return PaymentAnswer(Found.ACCEPTED if asked else self._absent())
        except OSError as error:
            return PaymentAnswer(Found.UNKNOWN, reason=_why(error))
        try:
            stated = json.loads(answer)
        except ValueError:  # it is being written
            return PaymentAnswer(Found.UNKNOWN, reason="The answer is not readable.")
        return answer_of(stated, payment)

    def _absent(self) -> Found:
        here = all((self.directory / name).is_dir() for name in ("in", "out"))
        return Found.ABSENT if here else Found.UNKNOWN


def name_of(key: str) -> str:
    """A file name for a key, safe on every system: what is no letter, digit, ``-``, ``_``, ``.`` or ``~`` is encoded; a
    long one is shortened and told apart by its hash."""
    safe = quote(key, safe="")
    if len(safe) > LONGEST:
        safe = f"{safe[: LONGEST - 33]}-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    return f"{safe}.json"


def _link(path: Path, text: bytes) -> bytes | None:
    """Put the whole file there, or nothing; returns what was there before it."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            return path.read_bytes()
    finally:
        Path(part).unlink(missing_ok=True)
    _sync(path.parent)
    return None


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _why(error: OSError) -> str:
    return f"The payment directory: {errno.errorcode.get(error.errno or 0, type(error).__name__)}."
