"""Trying a version on the cases of the last quarter: what it would have changed, in numbers and by case."""

from flask import Response

from api.auth import engine, reader, session
from api.errors import Problem
from api.portal.admin.asking import asked_for
from api.portal.policy import room
from api.portal.policy.reading import need_version, version_page
from api.schemas.fields import Query
from api.schemas.policies import DAYS
from api.schemas.queries import Number
from api.schemas.shown.simulation import simulation
from api.v1.policies import number
from partnerflow.policy import versions
from partnerflow.store import policy_versions
from partnerflow.store.directory import snapshot
from partnerflow.store.simulation import simulate


class Trial(Query):
    """Over how many days."""

    days = Number(low=1, high=400, load_default=DAYS)


@room.get("/policy/<version>/trial")
def trial(version: str) -> Response:
    """Records nothing."""
    need_version(number(version))
    directory = snapshot(session()).directory
    if not versions.may_simulate(reader().actor, directory):
        raise Problem("forbidden", "Who drafts or publishes policies tries them.")
    days = asked_for(Trial())["days"]
    policy = policy_versions.policy(session(), number(version))
    found = simulation(simulate(engine(), policy, days), policy.version, days, directory)
    return version_page(policy.version, trial=found)
