"""The record's tables, one file per aggregate. What must never be is refused here by constraints and triggers.

The tables only describe; functions that read and write stand beside this package, one module per aggregate.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(
    naming_convention=NAMING,
)


class Base(DeclarativeBase):
    """Text, aware instants, bigint amounts, text arrays and jsonb: the only column types of the record."""

    metadata = METADATA
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        int: BigInteger,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
    }


from partnerflow.store.tables import (  # noqa: E402  (the tables register themselves with Base)
    attachments,
    cases,
    deliveries,
    directory,
    drafts,
    events,
    imports,
    inbound,
    money,
    orders,
    policies,
    search,
    sign_in,
    watch,
)

__all__ = [
    "METADATA",
    "Base",
    "attachments",
    "cases",
    "deliveries",
    "directory",
    "drafts",
    "events",
    "imports",
    "inbound",
    "money",
    "orders",
    "policies",
    "search",
    "sign_in",
    "watch",
]
