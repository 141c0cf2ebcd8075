"""The version in force, every version, and one with its text as it was written."""

from dataclasses import dataclass
from typing import Any

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.portal.forms import Said
from api.portal.page import page
from api.portal.policy import room
from api.schemas.shown import policy as shown
from api.v1.policies import number
from partnerflow.policy import versions
from partnerflow.policy.versions import Version, VersionState
from partnerflow.store import policy_versions
from partnerflow.store.directory import snapshot
from partnerflow.store.policy_text import Fault

MOST = 200


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line of a policy's text, from 1, with what is wrong with it."""

    no: int
    text: str
    faults: tuple[Fault, ...] = ()


def numbered(source: str, faults: tuple[Fault, ...] = ()) -> list[Numbered]:
    """The text line by line, each fault at its line."""
    return [
        Numbered(no, line, tuple(f for f in faults if f.line == no))
        for no, line in enumerate(source.split("\n"), start=1)
    ]


@room.get("/policy")
def policy() -> Response:
    """What holds now, and what was or will be."""
    _need_operator()
    now, in_force = policy_versions.now(session())
    directory = snapshot(session()).directory
    rows = policy_versions.listed(session(), None, MOST)
    return page(
        "policy/list.html",
        versions=[shown.version(row, now, in_force, directory) for row in rows],
        current=next(
            (shown.version(row, now, in_force, directory) for row in rows if row.version == in_force), None
        ),
        lines=numbered(source_of(in_force)) if may_read_text() else None,
        may=may(),
    )


@room.get("/policy/<version>")
def one(version: str) -> Response:
    """One version: its text, who wrote it, and what is left to do with it."""
    return version_page(number(version))


def version_page(version: int, said: Said | None = None, **more: Any) -> Response:
    """``more``: what a trial found; ``said`` when its publication was refused."""
    found = need_version(version)
    now, in_force = policy_versions.now(session())
    return page(
        "policy/version.html",
        version=shown.version(found, now, in_force, snapshot(session()).directory),
        draft=found.state(now, in_force) is VersionState.DRAFT,
        own=found.author == reader().person,
        lines=numbered(source_of(version)) if may_read_text() else None,
        may=may(),
        said=said,
        **more,
    )


def need_version(version: int) -> Version:
    """``not-found`` where there is none, and for everybody but the operator's people."""
    _need_operator()
    found = policy_versions.read(session(), version)
    if found is None:
        raise Problem("not-found", "There is no such policy version.")
    return found


def source_of(version: int) -> str:
    return policy_versions.written(session(), version)[1].rstrip("\n")


def may_read_text() -> bool:
    """An admin reads that there is a version, by whom and since when; what it allows is not their business."""
    return not reader().admin_only


def may() -> dict[str, bool]:
    """What is offered to this reader."""
    actor, directory = reader().actor, snapshot(session()).directory
    return {
        "draft": versions.may_propose(actor, directory),
        "publish": versions.may_publish(actor, directory),
        "try": versions.may_simulate(actor, directory),
    }


def _need_operator() -> None:
    if not reader().operator:
        raise Problem("not-found", "There is no such policy version.")
