"""What an action on a case is: the body it takes, and the command that makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.schemas.fields import Body


@dataclass(frozen=True, slots=True)
class Act:
    body: type[Body]
    command: Callable[[dict[str, Any]], Any]
