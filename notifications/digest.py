"""The morning's mail of somebody who chose it: what was gathered, a case or order at a time, the latest last."""

from collections.abc import Sequence
from datetime import datetime

from notifications.render import DigestData, EntryData, NoticeData
from notifications.words import Voice


def digest_of(
    name: str, notices: Sequence[tuple[datetime, NoticeData]], base_url: str, say: Voice
) -> DigestData:
    """``notices`` oldest first; the four answers of a case are those of its last one."""
    groups: dict[str, list[tuple[datetime, NoticeData]]] = {}
    for at, notice in notices:
        groups.setdefault(_about(notice, say), []).append((at, notice))
    headline = say.many(
        "Your morning mail: {number} case or order has moved",
        "Your morning mail: {number} cases and orders have moved",
        len(groups),
    )
    return DigestData(
        recipient={"name": name},
        headline=headline,
        entries=[_entry(about, found, say) for about, found in groups.items()],
        zone=say.zone,
        link={"href": f"{base_url}/", "label": say("See what needs you and what is moving")},
        choices=f"{base_url}/account",
    )


def _about(notice: NoticeData, say: Voice) -> str:
    order = notice["order_number"]
    if notice["ref"] is None:
        return say("Order {number}", number=order)
    return say("{ref} · order {order}", ref=notice["ref"], order=order)


def _entry(about: str, found: Sequence[tuple[datetime, NoticeData]], say: Voice) -> EntryData:
    last = found[-1][1]
    assert last["link"] is not None
    return EntryData(
        about=about,
        news=[
            {"when": say.when(at), "what": notice["headline"], "more": "\n".join(_more(notice, say))}
            for at, notice in found
        ],
        who=last["who"],
        next=last["next"],
        due_at=last["due_at"],
        ask=last["ask"],
        link=last["link"],
    )


def _more(notice: NoticeData, say: Voice) -> list[str]:
    """The rest of the mail it would have been: its sentences, and what somebody wrote."""
    quote = notice["quote"]
    said = [say("{who} wrote: “{text}”", who=quote["by"], text=quote["text"])] if quote else []
    return [*notice["body"], *said]
