"""Teams with hours of their own, and days on which an organisation, a team or a person is closed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from partnerflow.store.roles import APP_ROLE

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("team", "closure")


def upgrade() -> None:
    _team()
    op.add_column("person", sa.Column("team", sa.Text(), nullable=True))
    op.create_index(op.f("ix_person_team"), "person", ["team"])
    op.create_foreign_key(
        op.f("fk_person_team_team"), "person", "team", ["team", "organisation"], ["code", "organisation"]
    )
    _closure()
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_raises_version AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION raise_directory_version()"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE}")
    op.execute(f"GRANT USAGE, SELECT ON SEQUENCE closure_id_seq TO {APP_ROLE}")


def _team() -> None:
    op.create_table(
        "team",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("holidays", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_team_organisation_organisation")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_team")),
        sa.UniqueConstraint("code", "organisation", name=op.f("uq_team_code_organisation")),
    )
    op.create_index(op.f("ix_team_organisation"), "team", ["organisation"])


def _closure() -> None:
    owners = (("organisation", "code"), ("team", "code"), ("person", "id"))
    op.create_table(
        "closure",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        *(sa.Column(owner, sa.Text(), nullable=True) for owner, _ in owners),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("num_nonnulls(organisation, team, person) = 1", name=op.f("ck_closure_one_owner")),
        *(
            sa.ForeignKeyConstraint([owner], [f"{owner}.{key}"], name=op.f(f"fk_closure_{owner}_{owner}"))
            for owner, key in owners
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
        sa.UniqueConstraint(
            *(owner for owner, _ in owners),
            "source",
            "day",
            name=op.f("uq_closure_organisation_team_person_source_day"),
            postgresql_nulls_not_distinct=True,
        ),
    )
