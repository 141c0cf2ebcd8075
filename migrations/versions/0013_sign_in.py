"""Signing in: sessions, mailed links, passwords, the log of sign-ins, and the brake on attempts."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from partnerflow.store.roles import APP_ROLE

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def instant(name: str, *, now: bool = False, nullable: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), server_default=NOW if now else None, nullable=nullable)


def words(*names: str) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f(f"fk_{table}_person_person"))


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        *words("person", "how"),
        instant("created_at", now=True),
        instant("seen_at", now=True),
        instant("expires_at"),
        *words("agent", "address"),
        instant("revoked_at", nullable=True),
        sa.CheckConstraint("how IN ('link', 'password', 'oidc')", name=op.f("ck_session_how")),
        of_person("session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_person"), "session", ["person"])
    op.create_table(
        "sign_in_link",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        *words("person", "next"),
        instant("created_at", now=True),
        instant("expires_at"),
        instant("used_at", nullable=True),
        of_person("sign_in_link"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sign_in_link")),
    )
    op.create_index(op.f("ix_sign_in_link_person"), "sign_in_link", ["person"])
    op.create_table(
        "password",
        *words("person", "hash"),
        instant("changed_at", now=True),
        of_person("password"),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_password")),
    )
    _log_and_brake()
    _grants()


def _log_and_brake() -> None:
    op.create_table(
        "sign_in_event",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        instant("at", now=True),
        sa.Column("person", sa.Text(), nullable=True),
        *words("what", "how", "address", "agent"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_event")),
    )
    op.create_index("ix_sign_in_event_person_at", "sign_in_event", ["person", "at"])
    op.create_index("ix_sign_in_event_at", "sign_in_event", ["at"])
    op.create_table(
        "sign_in_brake",
        *words("key"),
        instant("until"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_brake")),
    )


def _grants() -> None:
    """The application removes what has run out, and never a line of the log."""
    op.execute(
        "CREATE TRIGGER sign_in_event_is_append_only BEFORE UPDATE OR DELETE ON sign_in_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"GRANT SELECT, INSERT ON sign_in_event TO {APP_ROLE}")
    op.execute(f"GRANT USAGE ON SEQUENCE sign_in_event_id_seq TO {APP_ROLE}")
    for table in ("session", "sign_in_link", "password", "sign_in_brake"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE}")
