"""What is wrong with a body, member by member: marshmallow's messages with our codes, as JSON pointers."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

from marshmallow import ValidationError

from api.errors import Problem, Wrong

FIRST = ("unknown-member", "unknown-parameter")
"""A member that does not belong there is said before anything else."""


class Fault(str):
    """A sentence with the code of its refusal."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, code: str, sentence: str) -> Self:
        made = super().__new__(cls, sentence)
        made.code = code
        return made


def fault(code: str, sentence: str) -> ValidationError:
    return ValidationError([Fault(code, sentence)])


def problem(error: ValidationError, *, query: bool = False) -> Problem:
    """The one problem for all that is wrong; its code is that of the first, or of a member that does not belong."""
    found = list(_flat(error.messages, "?" if query else ""))
    found.sort(key=lambda each: _code(each[1]) not in FIRST)
    first = found[0][1]
    return Problem(_code(first), str(first), [Wrong(pointer or "/", str(text)) for pointer, text in found])


def _code(sentence: str) -> str:
    return sentence.code if isinstance(sentence, Fault) else "invalid-parameter"


def _flat(messages: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            here = pointer if name == "_schema" else _joined(pointer, str(name))
            yield from _flat(below, here)
    elif isinstance(messages, list):
        for each in messages:
            yield from _flat(each, pointer)
    else:
        yield pointer, messages


def _joined(pointer: str, name: str) -> str:
    if pointer == "?":
        return f"?{name}"
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
