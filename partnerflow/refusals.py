"""Refusals: the one way the domain says no, and the one list of codes.

A refusal has a code and a sentence and knows nothing of HTTP (api/errors.py maps codes to statuses).
Source of the codes: the error table of the public API (docs: "Bad input").
"""

from typing import Any, Final

CODES: Final[frozenset[str]] = frozenset(
    {
        "allocation-mismatch",
        "already-decided",
        "already-settled",
        "archive-limits",
        "case-closed",
        "convert-required",
        "exceeds-creditable",
        "fact-disputed",
        "file-too-large",
        "file-type-mismatch",
        "file-type-not-allowed",
        "forbidden",
        "four-eyes",
        "image-too-large",
        "invalid-amount",
        "invalid-currency",
        "invalid-date",
        "invalid-parameter",
        "invalid-policy",
        "invalid-quantity",
        "invalid-text",
        "last-fallback",
        "limit-exceeded",
        "line-count",
        "not-found",
        "order-exists",
        "reason-required",
        "stale-version",
        "tax-mismatch",
        "text-too-long",
        "too-early",
        "unknown-invoice",
        "unknown-line",
        "unknown-sku",
        "window-closed",
        "wrong-state",
    }
)


class Refused(Exception):
    """The command was understood and is refused: ``code`` (kebab-case), a sentence, and facts that help.

    ``extra`` holds JSON-able members shown beside the sentence (``remaining``, ``from``, ``pointer``); the API
    leaves out what its reader may not see.
    """

    def __init__(self, code: str, detail: str, **extra: Any) -> None:
        if code not in CODES:
            raise ValueError(f"unknown refusal code {code!r}")
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.extra = extra
