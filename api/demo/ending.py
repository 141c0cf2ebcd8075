"""Chapter 6: everything beside what the example says, and where to look around."""

from typing import Any

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from api.demo.sheet import Check
from api.demo.stage import Stage


def tell(stage: Stage) -> None:
    """The figures, the mails, the documents, the time."""
    stage.chapter(6, "The figures", f"Everything is kept in {stage.data}")
    console = stage.screen.console
    console.print(_figures(stage.sheet.checks))
    _mails(stage)
    console.print("\n[bold]Documents[/]")
    for path in sorted(stage.documents.glob("*.pdf")):
        console.print(Text(f"  {path.relative_to(stage.data)}"))
    console.print()
    verdict(stage)


def verdict(stage: Stage) -> None:
    """One sentence, and every figure that is wrong."""
    wrong, all_of_them = stage.sheet.wrong, len(stage.sheet.checks)
    for check in wrong:
        said = f"Wrong in chapter {check.chapter}: {check.what} is {check.seen}, not {check.expected}."
        stage.screen.console.print(Text(said, "bold red"))
    good = f"{all_of_them - len(wrong)} of {all_of_them} as the example says, told in {stage.screen.elapsed}."
    stage.screen.console.print(Text(good, "bold red" if wrong else "bold green"))


def look_around(stage: Stage, run: dict[str, Any]) -> None:
    """Where everything is, and a line to begin with."""
    from api.embedded.report import show

    show(run, stage.data)
    console = stage.screen.console
    path = f"/v1/cases/{stage.ref}" if stage.ref else "/v1/orders"
    line = f"curl -s -H 'Authorization: Bearer {run['keys']['reseller']}' {run['api']}{path} | python3 -m json.tool"
    console.print(Text("\nThe case as its reseller reads it:"))
    console.print(Text(line), soft_wrap=True)


def _figures(checks: list[Check]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for name in ("What", "Expected", "Seen"):
        table.add_column(name, overflow="fold")
    for check, after in zip(checks, [*checks[1:], None], strict=True):
        mark = Text("✓", "green") if check.holds else Text("✗", "bold red")
        seen = Text(check.seen, "" if check.holds else "bold red")
        last = after is None or after.chapter != check.chapter
        table.add_row(mark, check.what, check.expected, seen, end_section=last)
    return table


def _mails(stage: Stage) -> None:
    mails, console = stage.post.all(), stage.screen.console
    console.print(f"[bold]Mails[/] ({len(mails)})")
    for mail in mails:
        said = Text.assemble((f"{mail.name} <{mail.address}>", "bold"), f" {mail.subject}")
        console.print(Padding(said, (0, 0, 0, 2), expand=False))
        console.print(Text(f"    {mail.path.relative_to(stage.data)}", "dim"), soft_wrap=True)
