"""A dossier in its reader's words: the same sections on the page and on paper."""

from datetime import datetime

from babel.dates import format_datetime

from api.auth import reader
from api.portal import words
from api.portal.cases.headline import headline
from api.portal.dossier.gathering import Gathered
from api.portal.dossier.money import amounts
from api.portal.me import need_me
from api.portal.words import say
from notifications.dossier import Dossier, Section, Table
from notifications.language import language as words_of

PEOPLE = ("owner", "deciding_now", "accountable_manager", "distributor")


def dossier(g: Gathered) -> Dossier:
    """Everything this reader may know of the case, in the order in which somebody new wants to know it."""
    asked = headline(g.case, g.view)
    sections = (_summary(g), amounts(g), _facts(g), _decisions(g), _vat(g), _people(g), _clocks(g))
    ending = (_documents(g), _timeline(g), _seal(g))
    return Dossier(
        ref=g.case.ref,
        title=say("Dossier"),
        headline=say(asked.text, **asked.words),
        made=say(
            "As %(name)s, %(house)s, may read it on %(at)s (times in %(zone)s)",
            name=need_me().person.name,
            house=need_me().organisation.name,
            at=moment(g.at),
            zone=need_me().zone,
        ),
        language=words_of(words.language()),
        page=say("Page"),
        of=say("of"),
        sections=tuple(s for s in (*sections, *ending) if s.pairs or s.paragraphs or s.tables),
    )


def moment(at: datetime | str | None) -> str:
    """``4 Jan 2027, 09:30``: always with its year, for a dossier is read much later."""
    if at is None:
        return "–"
    known = datetime.fromisoformat(at) if isinstance(at, str) else at
    return format_datetime(known.astimezone(words.zone()), "d MMM y, HH:mm", locale=words.locale())


def _summary(g: Gathered) -> Section:
    c = g.shown
    stage = words.term(c["stage"]) + (f": {words.term(c['outcome'])}" if c["outcome"] else "")
    by = c["opened_by"] or "–"
    pairs = [
        (say("Stands at"), stage),
        (say("What happens next"), c["next"]),
        (say("What it is"), f"{words.term(c['type'])}, {words.term(c['reason'])}"),
        (say("Policy"), f"{words.term(c['verdict'])}, {c['clause']}"),
        (say("Order"), c["order"]["number"] + (f", PO {c['order']['po_number']}" if c["order"]["po_number"] else "")),
        (say("Partner"), words.house(c["reseller"] or c["distributor"])),
        (say("Received"), f"{moment(c['opened_at'])}, {by}"),
        (say("Closed"), moment(c["closed_at"])),
        (say("Rungs that fired"), str(c["rungs_fired"])),
    ]  # fmt: skip
    if c["on_behalf_of"]:
        pairs.insert(7, (say("On behalf of"), c["on_behalf_of"]))
    excepted = c["exception"]["justification"] if c["exception"] else ""
    told = (c["description"], excepted and f"{say('Exception')}: {excepted}")
    return Section("summary", say("Summary"), tuple(pairs), tuple(text for text in told if text))


def _facts(g: Gathered) -> Section:
    rows = tuple((_fact(f), f"{_source(f)}, {f['by']}, {moment(f['at'])}", _state(f)) for f in g.facts)
    heads = (say("Fact"), say("Source"), say("Stands"))
    return Section("facts", say("Facts"), tables=(Table(heads, rows),) if rows else ())


def _source(f: dict[str, object]) -> str:
    """What our own people state is the operator's."""
    return need_me().directory.operator.name if f["source"] == "desk" else words.term(f["source"])


def _fact(f: dict[str, object]) -> str:
    text = str(f["text"])
    dispute, upheld = f["dispute"], f["upheld"]
    if isinstance(dispute, dict):
        text += f"\n{say('%(name)s disputes it:', name=dispute['by'])} {dispute['text']}"
    if isinstance(upheld, dict):
        text += f"\n{say('%(name)s upholds it:', name=upheld['by'])} {upheld['evidence']}"
    return text


def _state(f: dict[str, object]) -> str:
    by = f" ({f['confirmed_by']})" if f["confirmed_by"] else ""
    return words.term(f["state"]) + by + ("" if f["decisive"] else f"\n{say('for information')}")


def _decisions(g: Gathered) -> Section:
    rows, e = [], g.explanation
    for each in e["rounds"]:
        for step in each["steps"]:
            rows += [(str(each["no"]), words.term(step["name"]), *_decided(d)) for d in step["decisions"]]
    heads = (say("Round"), say("Step"), say("Who"), say("Decision"), say("Reason"), say("When"))
    said = [f"{line['sku'] or ''} {line['text']}".strip() for line in e["verdict"]["lines"]]
    said += [f"{say('Round')} {each['no']}: {each['decided_by']}" for each in e["rounds"]]
    if g.shown["decline"]:
        code, text = g.shown["decline"]["reason_code"], g.shown["decline"]["text"] or ""
        said.append(f"{say('Declined')} ({words.term(code)}): {text}")
    if g.shown["appeal"]:
        said.append(f"{say('Appeal')}, {g.shown['appeal']['by']}: {g.shown['appeal']['text']}")
    tables = (Table(heads, tuple(rows)),) if rows else ()
    return Section("decisions", say("Decisions"), paragraphs=tuple(dict.fromkeys(said)), tables=tables)


def _decided(d: dict[str, object]) -> tuple[str, str, str, str]:
    return str(d["by"]), words.term(d["decision"]), _why(d), moment(str(d["at"]))


def _why(decision: dict[str, object]) -> str:
    code = words.term(decision["reason_code"]) if decision["reason_code"] else ""
    return ": ".join(part for part in (code, str(decision["text"] or "")) if part) or "–"


def _vat(g: Gathered) -> Section:
    """The conditions under which a credit may change VAT; for those who work on cases."""
    rows = tuple(
        (words.term(gate["leg"]), words.term(w["condition"]), say("met") if w["met"] else say("not met"), w["because"])
        for gate in g.explanation.get("vat_gate", ())
        for w in gate["conditions"]
    )  # fmt: skip
    heads = (say("Leg"), say("Condition"), say("Stands"), say("Because"))
    return Section("vat", say("May the credit change VAT?"), tables=(Table(heads, rows),) if rows else ())


def _people(g: Gathered) -> Section:
    labels = {
        "owner": say("Owner"),
        "deciding_now": say("Acts next"),
        "accountable_manager": say("Accountable manager"),
        "distributor": say("Distributor's contact"),
    }
    contacts = g.shown["contacts"]
    rows = tuple(
        (labels[role], f"{who['name']}\n{who['title']}", f"{who['phone']}\n{who['email']}", words.hours(who["hours"]))
        for role in PEOPLE
        if (who := contacts[role])
    )  # fmt: skip
    heads = (say("Role"), say("Name"), say("Phone and mail"), say("Hours"))
    return Section("people", say("People"), tables=(Table(heads, rows),))


def _clocks(g: Gathered) -> Section:
    rows = tuple(
        (
            words.term(clock["name"]),
            words.term(clock["state"]),
            say(
                "%(used)s of %(all)s",
                used=words.minutes(clock["used_minutes"]),
                all=words.minutes(clock["allowance_minutes"]),
            ),
            moment(clock["due_at"]),
        )
        for clock in g.shown["clocks"]
    )
    heads = (say("Clock"), say("State"), say("Working time used"), say("Due"))
    return Section("clocks", say("Clocks"), tables=(Table(heads, rows),) if rows else ())


def _documents(g: Gathered) -> Section:
    rows = tuple(
        (words.term(d["kind"]), d.get("name") or d["number"], _whence(d), d.get("sha256") or "–")
        for d in g.documents
    )
    heads = (say("Kind"), say("Number or name"), say("From"), "SHA-256")
    return Section("documents", say("Documents"), tables=(Table(heads, rows),) if rows else ())


def _whence(d: dict[str, object]) -> str:
    if d["kind"] == "attachment":
        return f"{d['by']}, {moment(str(d['at']))}"
    return words.term(d["leg"]) if reader().sees_upstream else "–"


def _timeline(g: Gathered) -> Section:
    rows = tuple(
        (
            str(item["seq"]),
            moment(item["at"]),
            item["actor"] + (f"\n{say('internal')}" if item["visibility"] == "internal" else ""),
            item["text"],
        )
        for item in g.timeline
    )
    heads = (say("No"), say("When"), say("Who"), say("What"))
    return Section("timeline", say("Timeline"), tables=(Table(heads, rows, figures=(0,)),))


def _seal(g: Gathered) -> Section:
    number, digest = g.head
    check = f"partnerflow verify --case {g.case.ref} --event {number}"
    return Section(
        "seal",
        say("The history's seal"),
        ((say("Events"), str(number)), ("SHA-256", digest), (say("To compare"), check)),
        (
            say(
                "The last event's hash contains those of all before it, also of what this reader does not see: a"
                " history that gives the same is the one this was made from."
            ),
        ),
    )
