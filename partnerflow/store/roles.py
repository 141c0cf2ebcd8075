"""The two roles of the database: the owner changes the schema, the application writes the record."""

from typing import Final

OWNER_ROLE: Final = "partnerflow_owner"
APP_ROLE: Final = "partnerflow_app"
