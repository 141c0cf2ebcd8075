"""The two rooms: ``way_in`` is open to everybody, ``account`` to whoever is signed in."""

from typing import Final

from flask import Blueprint

way_in: Final = Blueprint("sign_in", __name__)
account: Final = Blueprint("account", __name__)
