"""Reading a document place by place, so that every fault names its path: ``routes[2].steps[0].role``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from partnerflow.money import parse_percent
from partnerflow.policy.conditions import ConditionFault, check
from partnerflow.refusals import Refused

LONGEST_TEXT: Final = 500
LARGEST_COUNT: Final = 1_000_000

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

Term = TypeVar("Term", bound=StrEnum)


class PolicyFault(ValueError):
    """The document is not a policy: ``path`` says where, ``message`` what is wrong and would be right."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Place:
    """One value of the document and the path to it. Every reading method raises PolicyFault."""

    value: object
    path: str = ""

    def fault(self, message: str) -> PolicyFault:
        return PolicyFault(self.path, message)

    def entries(self) -> "dict[str, Place]":
        """The members of a mapping, in the document's order."""
        if not isinstance(self.value, Mapping):
            raise self.fault("must be a mapping of names to values")
        for key in self.value:
            if not isinstance(key, str):
                raise self.fault(f"{key!r} is not a name; quote it")
        return {key: self._at(key, value) for key, value in self.value.items()}

    def members(self, required: Iterable[str], optional: Iterable[str] = ()) -> "dict[str, Place]":
        """The members of a mapping that has exactly these names; an absent optional one reads as None."""
        found, needed, further = self.entries(), tuple(required), tuple(optional)
        for name, place in found.items():
            if name not in needed and name not in further:
                raise place.fault(f"is unknown here; known are {', '.join(needed + further)}")
        for name in needed:
            if name not in found:
                raise self.fault(f"{name} is missing")
        return {name: found.get(name, self._at(name, None)) for name in needed + further}

    def items(self, *, at_least: int = 0) -> "Iterator[Place]":
        if not isinstance(self.value, list | tuple):
            raise self.fault("must be a list")
        if len(self.value) < at_least:
            raise self.fault("must not be empty")
        return (Place(value, f"{self.path}[{index}]") for index, value in enumerate(self.value))

    def _at(self, name: str, value: object) -> "Place":
        return Place(value, f"{self.path}.{name}" if self.path else name)

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fault("must be a text")
        if len(self.value) > LONGEST_TEXT or _CONTROL.search(self.value):
            raise self.fault(f"must be at most {LONGEST_TEXT} characters, none of them a control character")
        return self.value.strip()

    def id(self) -> str:
        if not isinstance(self.value, str) or not _ID.fullmatch(self.value):
            raise self.fault("must be a short name of a-z, 0-9, '.', '_' and '-'")
        return self.value

    def whole(self, low: int = 1, high: int = LARGEST_COUNT) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not low <= self.value <= high:
            raise self.fault(f"must be a whole number from {low} to {high}")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.fault("must be true or false")
        return self.value

    def percent_ppm(self) -> int:
        """``100`` or ``"33.3333"`` as parts per million; a float is refused: it is not what was written."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | str):
            raise self.fault("must be a whole percent, or a quoted one such as '33.3333'")
        try:
            return parse_percent(str(self.value))
        except Refused:
            raise self.fault("must be a percent from 0 to 100 with at most four decimals") from None

    def one_of(self, known: Iterable[str]) -> str:
        names = tuple(known)
        if not isinstance(self.value, str) or self.value not in names:
            raise self.fault(f"{self.value!r} is not one of {', '.join(names)}")
        return str(self.value)

    def term(self, kind: type[Term], among: Iterable[Term] | None = None) -> Term:
        """A member of one of the closed lists, or of those ``among`` it."""
        return kind(self.one_of(term.value for term in (kind if among is None else among)))

    def condition(self, variables: Mapping[str, type], terms: Mapping[str, type[StrEnum]]) -> str:
        """A CEL condition over ``variables``; a text it compares one of ``terms`` with must exist there."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fault('must be a condition; "true" always holds')
        try:
            check(self.value, variables)
        except ConditionFault as error:
            raise self.fault(str(error)) from None
        for name, word in _compared(self.value):
            if name in terms and word not in list(terms[name]):
                raise self.fault(f"{word!r} is not one of {', '.join(terms[name])}")
        return self.value.strip()


_TEXT = r"(?:'[^']*'|\"[^\"]*\")"
_COMPARED = re.compile(rf"\b(\w+)\s*(?:==|!=|\bin\b)\s*({_TEXT}|\[[^\]]*\])")


def _compared(expression: str) -> Iterator[tuple[str, str]]:
    """(fact, text) for each text a fact is compared with: mistyped, it compiles and silently never holds."""
    for name, right in _COMPARED.findall(expression):
        for quoted in re.findall(_TEXT, right):
            yield name, quoted[1:-1]
