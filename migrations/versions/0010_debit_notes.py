"""Debit notes: the documents that take a credit note back."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_note_kind"), "note", type_="check")
    op.create_check_constraint(
        op.f("ck_note_kind"), "note", "kind IN ('credit_note', 'debit_note', 'rebill')"
    )
