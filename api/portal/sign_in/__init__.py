"""Signing in: by a mailed link, by password, by the house's own provider; sessions that can be looked at and ended."""

from api.portal.sign_in import account, entry, link, oidc, speaking
from api.portal.sign_in.rooms import account as account_room
from api.portal.sign_in.rooms import way_in

__all__ = ["account", "account_room", "entry", "link", "oidc", "speaking", "way_in"]
