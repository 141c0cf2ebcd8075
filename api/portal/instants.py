"""Days and instants as people type them: in their own zone, as a browser's fields send them."""

from datetime import date, datetime

from api.portal import words


def typed(text: str) -> str:
    """``2027-01-05T09:00`` in the reader's zone as RFC 3339; a day alone is its beginning, today now. What is none
    stays as it was typed, for the schema to say so."""
    try:
        if len(text) == 10:
            return _day(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return words.stamp(at if at.tzinfo else at.replace(tzinfo=_here().tzinfo))


def field(at: datetime) -> str:
    """An instant as a ``datetime-local`` field shows it to the reader."""
    return at.astimezone(words.zone()).strftime("%Y-%m-%dT%H:%M")


def _day(day: date) -> str:
    here = _here()
    return words.stamp(
        here if day == here.date() else datetime(day.year, day.month, day.day, tzinfo=here.tzinfo)
    )


def _here() -> datetime:
    """Now where the reader is."""
    return words.now().astimezone(words.zone())
