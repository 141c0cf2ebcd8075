"""Files that come with a form: evidence, checked and put to a case as the API does it."""

import hashlib
from dataclasses import dataclass
from uuid import uuid4

from flask import request

from api.errors import Problem
from api.portal import forms
from partnerflow import desk
from partnerflow.cases.attachments import PUBLIC, AddAttachment

MOST = 10
"""How many files one form takes."""


@dataclass(frozen=True, slots=True)
class File:
    """Told by its content; ``sha256`` in hexadecimal."""

    name: str
    media_type: str
    sha256: str
    content: bytes


def sent_files(field: str = "evidence") -> list[File]:
    """The files of a form, each checked; Problem names what is wrong with one."""
    from notifications.attachments import check

    uploads = [each for each in request.files.getlist(field) if each.filename]
    if len(uploads) > MOST:
        raise Problem("file-too-large", f"Send up to {MOST} files at once.")
    checked = [check(each.filename or "", each.stream.read()) for each in uploads]
    return [File(each.name, each.media_type, each.sha256, each.content) for each in checked]


def attach(ref: str, file: File, visibility: str = PUBLIC) -> None:
    """Put one file to a case: the same file on the same case is one, however often the form comes."""
    command = AddAttachment(str(uuid4()), file.name, file.media_type, file.sha256, file.content, visibility)
    key = "file-" + hashlib.sha256(f"{ref} {file.name} {file.sha256} {visibility}".encode()).hexdigest()
    outcome = forms.hand(command, f"case/{ref}", key=key, fingerprint=key.encode())
    if outcome.state is desk.State.REFUSED:
        told = forms.told(outcome)
        raise Problem(told["code"], told["detail"])
