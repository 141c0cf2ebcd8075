"""Paper that is made while its reader waits: in a process of its own, so that what goes wrong with a page takes nothing
else with it.
"""

import subprocess
import sys
from typing import Any, Final

import msgspec

from api.auth import session
from api.errors import Problem

SECONDS: Final = 30.0
"""For one paper, the start of its process included."""


def printed(module: str, paper: Any, otherwise: str) -> bytes:
    """What ``module`` prints of ``paper``; Problem says ``otherwise`` where to read the same.

    The reader's transaction ends here: one that waits for a printer is idle to the database, which cuts it off.
    """
    session().close()
    command = (sys.executable, "-P", "-m", module)
    try:
        done = subprocess.run(  # noqa: S603  our own module, and data on its input
            command, input=msgspec.json.encode(paper), capture_output=True, timeout=SECONDS, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise Problem("unavailable", otherwise) from None
    return done.stdout
