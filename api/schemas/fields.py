"""The fields of bodies: strict about form, each with the code of its refusal (FAULTS: Bad input)."""

import re
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields

from api.schemas.faults import Fault, fault
from partnerflow import money
from partnerflow.orders.drafts import LARGEST_QUANTITY, MOST_LINES
from partnerflow.refusals import Refused

LONGEST: Final = 10_000
LONGEST_NAME: Final = 200

_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Body(Schema):
    """A JSON object whose members are all known."""

    error_messages = {  # noqa: RUF012  (marshmallow reads it from the class)
        "unknown": Fault("unknown-member", "This member is not known here."),
        "type": Fault("invalid-parameter", "A JSON object is wanted."),
    }


class Query(Schema):
    """The parameters of an address, all known."""

    error_messages = {  # noqa: RUF012
        "unknown": Fault("unknown-parameter", "This parameter is not known here."),
    }


class Coded(fields.Field[Any]):
    """A field whose every fault carries its code; ``missing`` is the code when it is required and absent."""

    code = "invalid-parameter"
    missing: str | None = None

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        plain = super().make_error(key, **kwargs)
        code = self.missing if key in ("required", "null") and self.missing else self.code
        return fault(code, str(plain.messages[0]))

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return self.read(value)

    def read(self, value: Any) -> Any:
        """What the field means by a value: by itself nothing else; raises ValidationError with our codes."""
        return value


class Text(Coded):
    """A person's words: any characters but NUL and halves of a pair, at most 10,000."""

    def __init__(
        self, *, longest: int = LONGEST, blank: bool = False, missing: str | None = None, **kwargs: Any
    ):
        super().__init__(metadata={"type": "string", "maxLength": longest}, **kwargs)
        self.longest, self.blank, self.missing = longest, blank, missing

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise fault(self.code, "Text is wanted.")
        if len(value) > self.longest:
            raise fault("text-too-long", f"Write at most {self.longest:,} characters.")
        if "\0" in value or any("\ud800" <= each <= "\udfff" for each in value):
            raise fault("invalid-text", "The text holds a character that is none (NUL or half of a pair).")
        if not self.blank and not value.strip():
            raise fault(self.missing or self.code, "Write something here.")
        return value


class Name(Text):
    """A short text on one line: a number, a code, a name, a SKU."""

    def __init__(self, *, longest: int = LONGEST_NAME, **kwargs: Any):
        super().__init__(longest=longest, **kwargs)

    def read(self, value: Any) -> str:
        words = super().read(value)
        if _CONTROL.search(words):
            raise fault("invalid-text", "Write it on one line, without control characters.")
        return words


class Choice(Coded):
    """One of a closed list."""

    def __init__(self, of: type[Enum] | tuple[str, ...], **kwargs: Any):
        self.choices = of if isinstance(of, tuple) else tuple(str(each.value) for each in of)
        super().__init__(metadata={"type": "string", "enum": list(self.choices)}, **kwargs)

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise fault(self.code, f"It is one of {', '.join(self.choices)}.")
        return value


class Flag(Coded):
    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "boolean"}, **kwargs)

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise fault(self.code, "It is true or false.")
        return value


class Whole(Coded):
    """An integer from ``low`` to ``high``; a float, a text or a boolean is none."""

    def __init__(self, *, low: int = 1, high: int = LARGEST_QUANTITY, **kwargs: Any):
        super().__init__(metadata={"type": "integer", "minimum": low, "maximum": high}, **kwargs)
        self.low, self.high = low, high

    def read(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not self.low <= value <= self.high:
            raise fault(self.code, f"It is a whole number from {self.low:,} to {self.high:,}.")
        return value


class Quantity(Whole):
    """Pieces."""

    code = "invalid-quantity"


class UnitPrice(Coded):
    """Text with at most six decimals, in millionths; never negative."""

    code = "invalid-amount"

    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "string", "example": "31.20"}, **kwargs)

    def read(self, value: Any) -> int:
        return _not_negative(value, money.parse_unit_price)


class Percent(Coded):
    """Text from "0" to "100", in parts per million."""

    code = "invalid-amount"

    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "string", "example": "33.3333"}, **kwargs)

    def read(self, value: Any) -> int:
        return _not_negative(value, money.parse_percent)


class Instant(Coded):
    """RFC 3339 with Z or an offset, as UTC."""

    code = "invalid-date"

    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "string", "example": "2027-01-04T09:30:00Z"}, **kwargs)

    def read(self, value: Any) -> datetime:
        if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
            raise fault(self.code, "Write the instant as RFC 3339, such as 2027-01-04T09:30:00Z.")
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise fault(self.code, "There is no such instant.") from None


class Money(Coded):
    """``{"amount": "2400.00", "currency": "GBP"}``: text with exactly the currency's decimals, more than zero."""

    code = "invalid-amount"

    def __init__(self, *, zero: bool = False, **kwargs: Any):
        shape = {"type": "object", "example": {"amount": "2400.00", "currency": "GBP"}}
        super().__init__(metadata=shape, **kwargs)
        self.zero = zero

    def read(self, value: Any) -> money.Money:
        if not isinstance(value, dict):
            raise fault(self.code, 'An amount is {"amount": "2400.00", "currency": "GBP"}.')
        if unknown := sorted(set(value) - {"amount", "currency"}):
            raise ValidationError({name: [Body.error_messages["unknown"]] for name in unknown})
        return self._parsed(value.get("amount"), value.get("currency"))

    def _parsed(self, amount: Any, currency: Any) -> money.Money:
        if not isinstance(currency, str) or currency not in money.DECIMALS:
            raise ValidationError(
                {"currency": [Fault("invalid-currency", "Name an ISO 4217 currency, such as GBP.")]}
            )
        if not isinstance(amount, str):
            raise ValidationError(
                {"amount": [Fault(self.code, "Write the amount as text, such as 10.10 in quotes.")]}
            )
        try:
            parsed = money.Money.parse(amount, currency)
        except Refused as refused:
            raise ValidationError({"amount": [Fault(refused.code, refused.detail)]}) from None
        if amount.startswith("-") or (parsed.minor == 0 and not self.zero):
            raise ValidationError({"amount": [Fault(self.code, "The amount must be more than zero.")]})
        return parsed


class Several(fields.List[Any]):
    """A list of ``low`` to ``high`` entries."""

    def __init__(
        self,
        inner: Any,
        *,
        low: int = 0,
        high: int = MOST_LINES,
        code: str = "invalid-parameter",
        **kwargs: Any,
    ):
        super().__init__(inner, metadata={"minItems": low, "maxItems": high}, **kwargs)
        self.low, self.high, self.code = low, high, code

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        plain = super().make_error(key, **kwargs)
        return fault(self.code, str(plain.messages[0]))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and not self.low <= len(value) <= self.high:
            raise fault(self.code, f"Send {self.low} to {self.high:,} of them, not {len(value):,}.")
        return super()._deserialize(value, attr, data, **kwargs)


def lines(schema: type[Schema] | Schema, *, low: int = 1, **kwargs: Any) -> Several:
    """Lines of an order, a request or a decision: 1 to 1,000."""
    return Several(fields.Nested(schema), low=low, high=MOST_LINES, code="line-count", **kwargs)


def _not_negative(value: Any, parse: Any) -> int:
    if not isinstance(value, str) or value.startswith("-"):
        raise fault("invalid-amount", "Write it as text that is not negative, such as 31.20 in quotes.")
    try:
        return int(parse(value))
    except Refused as refused:
        raise fault(refused.code, refused.detail) from None
