"""Conditions of a policy: CEL expressions over named facts, compiled once, safe to take from a document.

A condition sees only its facts: whole numbers (money in minor units), texts, yes or no. What it may say is
cut down to comparing them, so that one which compiles cannot fail, loop, read a clock or take long: no
arithmetic (overflow, division by zero), no macros (loops), no indexing or map (missing keys), no conversion,
no regular expression. Safe from several threads: what is shared is compiled, and never changed afterwards.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from cel_expr_python import cel

Fact = bool | int | str

LONGEST: Final = 1_000
"""Characters of a condition."""

_SAYS = ("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "_&&_", "_||_", "!_", "_?_:_")
_SAYS_OF_TEXT = ("startsWith", "endsWith", "contains", "size")
_SUBSET = "stdlib:\n  disable_macros: true\n  include_functions:\n" + "".join(
    f'    - name: "{function}"\n' for function in _SAYS + _SAYS_OF_TEXT
)
_TYPES = {bool: cel.Type.BOOL, int: cel.Type.INT, str: cel.Type.STRING}
_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (?:Syntax error: )?(.*)")

# The runtime reads a text up to its first NUL, and a lone surrogate not at all.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")

_Variables = tuple[tuple[str, type], ...]


class ConditionFault(ValueError):
    """No condition over the given facts: a sentence, and where (from 1) if the compiler says."""

    def __init__(self, sentence: str, line: int | None = None, column: int | None = None) -> None:
        where = f"line {line}, column {column}: " if line else ""
        super().__init__(f"{where}{sentence}")
        self.sentence = sentence
        self.line = line
        self.column = column


def check(expression: str, variables: Mapping[str, type]) -> None:
    """ConditionFault unless this asks yes or no about ``variables`` (name -> bool, int or str)."""
    _program(expression, tuple(sorted(variables.items())))


def holds(expression: str, facts: Mapping[str, Fact]) -> bool:
    """Whether the condition is true of these facts; ConditionFault if it cannot be asked of them."""
    data = {name: _plain(value) for name, value in facts.items()}
    program = _program(expression, tuple(sorted((name, type(value)) for name, value in data.items())))
    answer = program.eval(data=data)
    if answer.type() != cel.Type.BOOL:  # left over: a number beyond 64 bits
        raise ConditionFault(f"{expression!r}: {answer.value()}")
    return bool(answer.value())


def _plain(value: object) -> Fact:
    """Enum members as the text or number they stand for: the runtime looks at exact types."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str) and not _NO_TEXT.search(value):
        return str(value)
    raise ConditionFault(f"{value!r} is no fact: facts are yes or no, whole numbers and texts")


@lru_cache(maxsize=64)
def _environment(variables: _Variables) -> Any:
    types = {name: _TYPES[kind] for name, kind in variables}
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(_SUBSET), variables=types)


@lru_cache(maxsize=2_048)
def _program(expression: str, variables: _Variables) -> Any:
    if len(expression) > LONGEST:
        raise ConditionFault(f"a condition has at most {LONGEST} characters")
    if _NO_TEXT.search(expression):
        raise ConditionFault("a condition has no NUL and no surrogate")
    if "{" in expression or "}" in expression:
        raise ConditionFault("a condition has no braces")
    try:
        program = _environment(variables).compile(expression)
    except RuntimeError as error:
        raise _fault(str(error)) from None
    if program.return_type() != cel.Type.BOOL:
        raise ConditionFault(f"it answers {program.return_type().name()}, not yes or no")
    return program


def _fault(message: str) -> ConditionFault:
    found = _ERROR.search(message)
    if found is None:
        return ConditionFault(message)
    return ConditionFault(found[3].removesuffix(" (in container '')"), int(found[1]), int(found[2]))
