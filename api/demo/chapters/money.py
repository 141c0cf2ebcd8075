"""Chapter 5: the money comes back on both legs, and the case closes."""

from collections import Counter
from typing import Any, Final

from api.demo import bodies
from api.demo.screen import local
from api.demo.sheet import figure
from api.demo.stage import Stage

_NOTES: Final = {
    "downstream": ("MER", "2,400.00 + 480.00 = 2,880.00"),
    "upstream": ("ARB", "2,112.00 + 422.40 = 2,534.40"),
}


def tell(stage: Stage) -> None:
    """From the approval to the closed case."""
    stage.chapter(
        5,
        "The money comes back",
        "The vendor's system is told to cancel, then one transaction issues both credit notes and both rebills.",
    )
    case = _executed(stage)
    _check_notes(stage)
    _check_amounts(stage, case)
    _save_documents(stage)
    _pass_on(stage)


def _executed(stage: Stage) -> dict[str, Any]:
    partner = stage.cast["reseller"]

    def executed() -> dict[str, Any] | None:
        now: dict[str, Any] = partner.get(f"/v1/cases/{stage.ref}").body
        return now if now["stage"] in {"passing_on", "closed"} else None

    return stage.screen.expect(executed, "the remedy", 60)


def _check_notes(stage: Stage) -> None:
    desk = stage.cast["distributor"]
    answer = desk.get("/v1/credit-notes", case=stage.ref)
    stage.screen.act(desk, "reads the credit notes; the reseller sees its own only", answer)
    notes = {note["leg"]: note for note in answer.body["items"]}
    own = stage.cast["reseller"].get("/v1/credit-notes", case=stage.ref).body["items"]
    stage.sheet.note("notes: all, reseller's", "2, 1", f"{len(notes)}, {len(own)}")
    rows = []
    for leg, (series, amounts) in _NOTES.items():
        note = notes.get(leg, {})
        year = str(note.get("issue_date"))[:4]
        stage.sheet.note(f"{leg} credit note", f"{series}-CN-{year}-000001", note.get("number"))
        stage.sheet.three(f"{leg} credit", amounts, note)
        rows.append((str(note.get("number")), f"{_three(note)} against {note.get('invoice')}"))
    stage.screen.facts(rows)


def _check_amounts(stage: Stage, case: dict[str, Any]) -> None:
    sheet, amounts = stage.sheet, case["amounts"]
    upstream = stage.cast["distributor"].get(f"/v1/cases/{stage.ref}").body["amounts_upstream"]
    sheet.money("credited, says the case", "2,880.00", amounts["credited"]["gross"])
    sheet.three("downstream rebill", "1,435.20 + 287.04 = 1,722.24", amounts["rebill"])
    sheet.three("upstream rebill", "1,262.70 + 252.54 = 1,515.24", upstream["rebill"])
    sheet.money("reseller's bill falls by", "1,157.76", amounts["bill_falls_by"]["gross"])
    sheet.money("distributor's falls by", "1,019.16", upstream["bill_falls_by"]["gross"])
    settled = amounts["settlement"]
    sheet.money("off the open invoice", "1,800.00", settled["unpaid_reduced"])
    sheet.money("to the account", "1,080.00", settled["account_credit"])
    sheet.money("still to pay", "642.24", amounts["still_to_pay"])
    sheet.money("left to credit, net", "100.00", amounts["left_to_credit"]["net"])
    sheet.money("left to credit, gross", "120.00", amounts["left_to_credit"]["gross"])
    _show(stage, amounts, upstream)


def _show(stage: Stage, amounts: dict[str, Any], upstream: dict[str, Any]) -> None:
    settled = amounts["settlement"]
    falls, theirs = (figure(leg["bill_falls_by"]["gross"]) for leg in (amounts, upstream))
    off, account = figure(settled["unpaid_reduced"]), figure(settled["account_credit"])
    stage.screen.facts(
        [
            ("rebilled", f"{_three(amounts['rebill'])} to Harbour, {_three(upstream['rebill'])} to Meridian"),
            ("settled", f"{off} off the open invoice, {account} to the account"),
            ("bill falls by", f"{falls} (Meridian's by {theirs})"),
            ("still to pay", figure(amounts["still_to_pay"])),
            ("left to credit", f"{figure(amounts['left_to_credit']['net'])} net"),
        ]
    )


def _save_documents(stage: Stage) -> None:
    desk = stage.cast["distributor"]
    listed = desk.get(f"/v1/cases/{stage.ref}/documents")
    stage.documents.mkdir(exist_ok=True)
    stage.screen.act(desk, f"saves the documents to {stage.documents.name}/", listed)
    kinds = Counter(document["kind"] for document in listed.body["items"])
    stage.sheet.note(
        "documents", "2 credit_note, 2 rebill", ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items()))
    )
    whole = 0
    for document in listed.body["items"]:
        pdf = desk.get(document["href"])
        path = stage.documents / f"{document['number']}.pdf"
        path.write_bytes(pdf.content)
        whole += pdf.content.startswith(b"%PDF") and b"%%EOF" in pdf.content[-1024:]
        stage.screen.put(
            f"{document['kind'].replace('_', ' '):<12}{path.name:<26}{len(pdf.content):>8,} bytes"
        )
    stage.sheet.note("whole PDFs", 4, whole)


def _pass_on(stage: Stage) -> None:
    desk, partner = stage.cast["distributor"], stage.cast["reseller"]
    stage.screen.mail(stage.mail("credit_note.issued", desk))
    told = stage.mail("credit_note.issued", partner)
    stage.screen.mail(told)
    stage.screen.letter(told)
    attached = [name for name in told.attachments if name.startswith("MER-CN-")]
    stage.sheet.note("notes in partner's mail", 1, len(attached))
    answer = desk.post(f"/v1/cases/{stage.ref}/actions/confirm_pass_through", bodies.pass_through())
    case = answer.body
    stage.screen.act(desk, "confirms that Harbour's account shows it", answer)
    stage.screen.facts([("closed", f"{local(case['closed_at'])}, outcome {case['outcome']}")])
    stage.sheet.note("case in the end", "closed, credited", f"{case['stage']}, {case['outcome']}")
    stage.screen.mail(stage.mail("case.closed", partner))


def _three(amounts: dict[str, Any]) -> str:
    net, tax, gross = (figure(amounts.get(name)) for name in ("net", "tax", "gross"))
    return f"{net} + {tax} = {gross}"
