"""Ceilings, notes, documents, numbers and the ledger. Amounts are minor units; the CHECKs are the last wall."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base

ZERO = "0"


class Ceiling(Base):
    """What may still be given back. ``kind`` line: quantity and net, with ``share`` and ``by_quantity`` for the
    cumulative difference, and ``share_over / share_of`` for what parts of a term leave over of a share; rate: net
    and tax of one rate of an invoice; invoice: its net; payment: gross paid."""

    __tablename__ = "ceiling"
    __table_args__ = (
        CheckConstraint("kind IN ('line', 'rate', 'invoice', 'payment')", "kind"),
        CheckConstraint("leg IN ('downstream', 'upstream')", "leg"),
        CheckConstraint(
            "credited >= 0 AND reserved >= 0 AND credited + reserved <= max_amount", "amount_fits"
        ),
        CheckConstraint(
            "credited_quantity >= 0 AND reserved_quantity >= 0"
            " AND credited_quantity + reserved_quantity <= max_quantity",
            "quantity_fits",
        ),
        CheckConstraint("credited_tax >= 0 AND credited_tax <= max_tax", "tax_fits"),
        CheckConstraint(
            "share >= 0 AND share_over >= 0 AND share_over < share_of AND"
            " share + least(share_over, 1) <= (credited_quantity + reserved_quantity) * 1000000000",
            "share_fits",
        ),
        CheckConstraint("by_quantity >= 0 AND by_quantity <= credited + reserved", "by_quantity_fits"),
        Index("ix_ceiling_order_id", "order_id"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    leg: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"))
    max_amount: Mapped[int]
    credited: Mapped[int] = mapped_column(server_default=ZERO)
    reserved: Mapped[int] = mapped_column(server_default=ZERO)
    max_quantity: Mapped[int] = mapped_column(server_default=ZERO)
    credited_quantity: Mapped[int] = mapped_column(server_default=ZERO)
    reserved_quantity: Mapped[int] = mapped_column(server_default=ZERO)
    share: Mapped[int] = mapped_column(server_default=ZERO)
    share_over: Mapped[Decimal] = mapped_column(Numeric, server_default=ZERO)
    share_of: Mapped[Decimal] = mapped_column(Numeric, server_default="1")
    by_quantity: Mapped[int] = mapped_column(server_default=ZERO)
    max_tax: Mapped[int] = mapped_column(server_default=ZERO)
    credited_tax: Mapped[int] = mapped_column(server_default=ZERO)


class Note(Base):
    """A credit note, debit note or rebill: immutable, one per executed round, leg and invoice; numbers gap-free per
    series."""

    __tablename__ = "note"
    __table_args__ = (
        UniqueConstraint("issuer", "series", "year", "counter"),
        UniqueConstraint("case_ref", "round", "leg", "kind"),
        CheckConstraint("kind IN ('credit_note', 'debit_note', 'rebill')", "kind"),
        CheckConstraint("net >= 0 AND tax >= 0 AND gross = net + tax", "adds_up"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    series: Mapped[str]
    year: Mapped[int]
    counter: Mapped[int]
    kind: Mapped[str]
    leg: Mapped[str]
    case_ref: Mapped[str] = mapped_column(ForeignKey("case.ref"))
    round: Mapped[int]
    invoice: Mapped[str | None]
    issued_at: Mapped[datetime]
    currency: Mapped[str]
    net: Mapped[int]
    tax: Mapped[int]
    gross: Mapped[int]
    orgs: Mapped[list[str]]
    data: Mapped[dict[str, Any]]


class Document(Base):
    """The stored renderings of a note; written once. ``cii`` and ``ubl`` are the e-invoices: none in a currency
    with three decimals, nor for what was printed before there were any."""

    __tablename__ = "document"

    number: Mapped[str] = mapped_column(ForeignKey("note.number"), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    cii: Mapped[bytes | None] = mapped_column(LargeBinary)
    ubl: Mapped[bytes | None] = mapped_column(LargeBinary)


class Payout(Base):
    """Money on its way through the payment port: a projection of its case, and the wall behind it. One row per key for
    ever; what it says of the money never changes, and a state that is final stays (a trigger). ``driven``: it owes a
    driver."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("leg IN ('downstream', 'upstream')", "leg"),
        CheckConstraint("kind IN ('refund', 'account_credit', 'goodwill')", "kind"),
        CheckConstraint("amount > 0", "amount"),
        CheckConstraint(
            "state IN ('intended', 'submitted', 'unknown', 'confirmed', 'failed', 'cancelled')", "state"
        ),
        Index("ix_payout_driven", "key", postgresql_where=text("driven")),
        Index(
            "ix_payout_unsettled",
            "since",
            postgresql_where=text("state IN ('intended', 'submitted', 'unknown', 'failed')"),
        ),
        Index("ix_payout_case_ref", "case_ref"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    case_ref: Mapped[str] = mapped_column(ForeignKey("case.ref"))
    round: Mapped[int]
    leg: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    payer: Mapped[str]
    payee: Mapped[str]
    note: Mapped[str | None]
    state: Mapped[str]
    since: Mapped[datetime]
    reference: Mapped[str | None]
    held_by: Mapped[str | None]
    tries: Mapped[int]
    driven: Mapped[bool]
    orgs: Mapped[list[str]]


class Counter(Base):
    """The last number given, per issuer, series and year; locked while one is taken, so no gap can arise."""

    __tablename__ = "counter"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class ResellerLock(Base):
    """Locked while a round fixes its aggregate, so that two requests at once see each other."""

    __tablename__ = "reseller_lock"

    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True)


class LedgerEntry(Base):
    """One transaction of the double-entry ledger, unique by its business key; corrected only by one reversal, which a
    deferred trigger holds against the original. ``postings`` is their number: none joins later. ``orgs`` are whose
    ``books`` it is in, and the operator."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_document", "document"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    case_ref: Mapped[str] = mapped_column(index=True)
    leg: Mapped[str]
    currency: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
    reverses: Mapped[str | None] = mapped_column(ForeignKey("ledger_entry.key"), unique=True)
    books: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    document: Mapped[str | None]
    postings: Mapped[int]
    orgs: Mapped[list[str]]


class LedgerPosting(Base):
    """One side of an entry; a deferred trigger refuses an entry whose debits and credits differ."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint("debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", "one_side"),
        Index("ix_ledger_posting_account", "account"),
    )

    entry: Mapped[str] = mapped_column(ForeignKey("ledger_entry.key"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    debit: Mapped[int]
    credit: Mapped[int]
    orgs: Mapped[list[str]]
