"""The distributor's desk: credits that wait for its word that the reseller has them, notes of its own system that wait
for their number, and payments under way (DOMAIN: Legs, Issuer)."""

from flask import Blueprint

room = Blueprint("pass_through", __name__)

from api.portal.pass_through import confirming, waiting  # noqa: E402, F401  the views register themselves
