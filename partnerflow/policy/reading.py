"""Reading a document place by place, so that every fault names its path: ``routes[2].steps[0].role``."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from reprlib import Repr
from typing import Final, TypeVar, cast

from partnerflow.money import parse_percent
from partnerflow.policy.conditions import ConditionFault, check
from partnerflow.refusals import Refused

LONGEST_TEXT: Final = 500
LONGEST_NAME: Final = 200
LARGEST_COUNT: Final = 1_000_000

_SHOWN = Repr()
_SHOWN.maxstring = _SHOWN.maxother = _SHOWN.maxlong = 60
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

Term = TypeVar("Term", bound=StrEnum)
Part = TypeVar("Part")


class PolicyFault(ValueError):
    """The document is not a policy: ``path`` says where, ``message`` what is wrong and would be right.

    ``name``: the fault is in the name of the member at ``path`` (``name`` itself where that is no text), not in its
    value. ``inside``: line and column (from 1) within the value. ``further``: others found beside this one.
    """

    def __init__(
        self,
        path: str,
        message: str,
        *,
        name: str | None = None,
        inside: tuple[int, int] | None = None,
        further: "tuple[PolicyFault, ...]" = (),
    ) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message
        self.name = name
        self.inside = inside
        self.further = further

    @property
    def each(self) -> "tuple[PolicyFault, ...]":
        """All of them, this one first."""
        return (self, *self.further)


class Gathering:
    """Reads on after a fault, so that all that are independent are said at once by ``done``."""

    __slots__ = ("faults",)

    def __init__(self) -> None:
        self.faults: list[PolicyFault] = []

    def get(self, read: Callable[[], Part]) -> Part:
        """What ``read`` gives; after a fault None, which nobody sees because ``done`` raises."""
        try:
            return read()
        except PolicyFault as fault:
            self.faults += fault.each
            return cast(Part, None)

    def members(
        self, place: "Place", needed: tuple[str, ...], further: tuple[str, ...]
    ) -> "dict[str, Place]":
        """Those members that are there and known; what is unknown or missing is a fault."""
        found = place.entries()
        for name, member in found.items():
            if name not in needed and name not in further:
                known = ", ".join(needed + further)
                self.faults.append(member.name_fault(f"is unknown here; known are {known}"))
        self.faults += [place.fault(f"{name} is missing") for name in needed if name not in found]
        return {name: member for name, member in found.items() if name in needed or name in further}

    def done(self) -> None:
        if self.faults:
            first, *others = self.faults
            raise PolicyFault(
                first.path, first.message, name=first.name, inside=first.inside, further=tuple(others)
            )


def each(places: Iterable["Place"], read: Callable[["Place"], Part]) -> tuple[Part, ...]:
    """All of them read, with the faults of all."""
    gathering = Gathering()
    parts = tuple([gathering.get(lambda place=place: read(place)) for place in places])  # type: ignore[misc]
    gathering.done()
    return parts


def each_of(members: Mapping[str, "Place"], read: Callable[["Place"], Part]) -> dict[str, Part]:
    """The members of a mapping read, with the faults of all."""
    return dict(zip(members, each(members.values(), read), strict=True))


@dataclass(frozen=True, slots=True)
class Place:
    """One value of the document and the path to it. Every reading method raises PolicyFault."""

    value: object
    path: str = ""

    def fault(self, message: str) -> PolicyFault:
        return PolicyFault(self.path, message)

    def _bad_name(self, key: object, message: str) -> PolicyFault:
        name = str(key) if str(key).isprintable() else ascii(key)
        return PolicyFault(self.path, message, name=self._at(name, None).path)

    def name_fault(self, message: str) -> PolicyFault:
        """The member's name is wrong, whatever its value."""
        return PolicyFault(self.path, message, name=self.path)

    def entries(self) -> "dict[str, Place]":
        """The members of a mapping, in the document's order."""
        if not isinstance(self.value, Mapping):
            raise self.fault("must be a mapping of names to values")
        for key in self.value:
            if not isinstance(key, str):
                raise self._bad_name(key, f"{key!r} is not a name; quote it")
            if len(key) > LONGEST_NAME or not key.isprintable():
                raise self._bad_name(key, f"{_shown(key)} is not a name")
        return {key: self._at(key, value) for key, value in self.value.items()}

    def members(self, required: Iterable[str], optional: Iterable[str] = ()) -> "dict[str, Place]":
        """The members of a mapping that has exactly these names; an absent optional one reads as None."""
        needed, further = tuple(required), tuple(optional)
        gathering = Gathering()
        found = gathering.members(self, needed, further)
        gathering.done()
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
            raise self.fault(f"{_shown(self.value)} is not one of {', '.join(names)}")
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
            inside = (error.line, error.column) if error.line and error.column else None
            raise PolicyFault(self.path, error.sentence, inside=inside) from None
        for name, word, at in _compared(self.value):
            if name in terms and word not in list(terms[name]):
                said = f"{word!r} is not one of {', '.join(terms[name])}"
                raise PolicyFault(self.path, said, inside=_line_and_column(self.value, at))
        return self.value.strip()


def _shown(value: object) -> str:
    """A value in a sentence: what is very long, or a whole section, is cut."""
    return _SHOWN.repr(value)


_TEXT = r"(?:'[^']*'|\"[^\"]*\")"
_COMPARED = re.compile(rf"\b(\w+)\s*(?:==|!=|\bin\b)\s*({_TEXT}|\[[^\]]*\])")


def _compared(expression: str) -> Iterator[tuple[str, str, int]]:
    """(fact, text, where) for each text a fact is compared with: mistyped, it compiles and silently never holds."""
    for compared in _COMPARED.finditer(expression):
        for quoted in re.finditer(_TEXT, compared[2]):
            yield compared[1], quoted[0][1:-1], compared.start(2) + quoted.start() + 1


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
