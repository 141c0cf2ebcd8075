"""What the desk is asked for an import. Only the service ``import`` asks it; whoever uploaded is in the record."""

from dataclasses import dataclass

from partnerflow.imports.feeds import Customer
from partnerflow.imports.model import Chunk


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """Begin the import of a mapped feed: its seller, its resellers and what it sells become known."""

    import_id: str
    mapping: str
    seller: str
    currency: str
    rows: int
    customers: tuple[Customer, ...]
    catalogue: dict[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class BookChunk:
    """Book one chunk of a mapped feed."""

    import_id: str
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class StartImport:
    """Everything is staged: from here on the import's driver books it."""

    import_id: str


@dataclass(frozen=True, slots=True)
class BookStaged:
    """Book the next staged rows after ``position``."""

    import_id: str
    position: int
