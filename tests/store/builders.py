"""Requests at the desk of a seeded house, and looking at what they left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Engine, event, text

from partnerflow import desk
from partnerflow.cases.commands import CaseDue, DecideStep, IssueNotes, OpenCase, RecordAction
from partnerflow.cases.deciding import version
from partnerflow.cases.model import ExceptionAsked, ExceptionLine, RequestedLine
from partnerflow.people import Actor
from partnerflow.policy.terms import CaseType, Reason
from partnerflow.store.database import unit_of_work
from tests.workflows.house import House


def service(name: str) -> Actor:
    return Actor(None, None, service=name)


def a_reduction(
    target: str, quantity: int = 10, amount: int | None = None, *, convert: bool = False
) -> OpenCase:
    """Up to 10 units of 50.00 go the automatic route."""
    return OpenCase(
        target.partition("/")[2],
        CaseType.QUANTITY_REDUCTION,
        Reason.WRONG_QUANTITY,
        (RequestedLine(1, 0 if amount else quantity, amount, convert),),
        "Too many.",
    )


def excepted(target: str, quantity: int = 1) -> OpenCase:
    """An exception, which always goes to people: two steps, the channel manager's first."""
    asked = ExceptionAsked("Tried once.", (ExceptionLine(1, quantity, 500_000),))
    return replace(a_reduction(target, quantity), exception=asked)


def send(
    house: House, actor: Actor, target: str, command: Any, key: str, print_: bytes = b""
) -> desk.Outcome:
    return desk.handle(house.engine, desk.Request(command, actor, key, target, print_))


def opened(house: House, target: str, command: OpenCase, person: str = "ellie-marsh") -> str:
    return house.do(person, target, command).body.split('"')[3]


def approval(house: House, ref: str, decision: str = "approve", **more: Any) -> DecideStep:
    case = house.case(ref)
    assert case.step
    return DecideStep(case.step.id, decision, version(case, case.step), **more)


def granted(house: House, ref: str) -> None:
    """Every step of the round is approved by whoever has it."""
    while house.case(ref).step:
        house.approve(ref)


def remedied(house: House, ref: str, *, payments: bool = False) -> None:
    """The service's acts of the last round, in turn."""
    number = house.case(ref).rounds[-1].no
    for action in ("check", "cancel_upstream", "issue", "publish"):
        command = IssueNotes(number, payments) if action == "issue" else RecordAction(number, action)
        outcome = send(house, service("remedy"), f"case/{ref}", command, f"remedy:{ref}:{number}:{action}")
        assert outcome.state is desk.State.DONE, outcome.body


def due(house: House, ref: str) -> desk.Outcome:
    """The first stored instant of a case, as its driver sends it."""
    when, name = house.case(ref).clocks_due[0]
    key = f"due:case/{ref}:{name}:{when.isoformat()}"
    return send(house, service("deadline"), f"case/{ref}", CaseDue(name, when), key)


def set_clock(house: House, instant: datetime) -> None:
    """Move the desk's clock, as only the owner of the database can."""
    with turned(house) as turn:
        turn(instant)


@contextmanager
def turned(house: House) -> Iterator[Callable[[datetime], object]]:
    """Moves the desk's clock again and again."""
    statement = (
        "UPDATE clock_offset SET seconds = floor(gap), micros = (gap - floor(gap)) * 1000000"
        " FROM (SELECT extract(epoch FROM %s::timestamptz - clock_timestamp()) AS gap) g"
    )
    with psycopg.connect(house.database.owner_url, autocommit=True) as owner:
        yield lambda instant: owner.execute(statement, (instant,))


def rows(engine: Engine, query: str, **values: Any) -> list[tuple[Any, ...]]:
    with unit_of_work(engine) as session:
        return [tuple(row) for row in session.execute(text(query), values)]


def count(engine: Engine, table: str) -> int:
    found: int = rows(engine, f"SELECT count(*) FROM {table}")[0][0]
    return found


@dataclass
class Counted:
    """The statements of every transaction, in order; ``begin`` and ``commit`` are not counted."""

    statements: list[str] = field(default_factory=list)


@contextmanager
def counting(engine: Engine) -> Iterator[Counted]:
    counted = Counted()

    def heard(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("NOTIFY"):
            counted.statements.append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", heard)
