"""What the documents say is there, is there: links, files, names, commands, targets, queries."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner

from api.cli import main
from tests.support.fresh import Database

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

MADE_BY_RUNNING = {
    ".venv",
    "./var",
    "postgres/",
    "temporal.db",
    "mail/",
    "upstream/",
    "stack.json",
    "run.json",
    "logs/",
    "acme.yaml",
}
"""Names of what a set-up or a running stack makes; no checkout holds them."""

FILE = re.compile(r"[\w.-]+(/[\w.-]+)*(/|\.(py|md|yaml|toml|svg|lock|css|html|db|json))")
ADR_PARTS = ["Context", "Decision", "Consequences", "Alternatives"]


def _spoken(page: Path) -> Iterator[str]:
    """Every `code span` of a page, fenced and indented blocks left out."""
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    yield from re.findall(r"`([^`\n]+)`", prose)


def _commands(group: click.Group, before: str = "partnerflow") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{before} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before} {name}")


def _glossary() -> list[tuple[str, str, str]]:
    """(word, file, name in it) of every row."""
    rows = re.findall(
        r"^\| ([^|]+) \| [^|]+ \| `([^`]+)` `([^`]+)` \|$",
        (ROOT / "docs/glossary.md").read_text(),
        re.MULTILINE,
    )
    return [(word, file, name) for word, file, name in rows]


@PAGE
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    local = [link.partition("#")[0] for link in links if not link.startswith(("http", "#"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


@PAGE
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = {span for span in _spoken(page) if FILE.fullmatch(span)} - MADE_BY_RUNNING
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@PAGE
def test_every_command_and_option_that_is_named_exists(page: Path) -> None:
    known = dict(_commands(main))
    said = re.findall(
        r"partnerflow ((?:[a-z][a-z-]* )*[a-z][a-z-]*)((?: --[a-z-]+)*)", " \n".join(_code(page))
    )
    for words, options in said:
        found = _longest(f"partnerflow {words}", known)
        assert found is not None, f"there is no `partnerflow {words}`"
        offered = {option for parameter in found.params for option in parameter.opts}
        assert set(options.split()) <= offered, f"`partnerflow {words}` has no{options}"


@PAGE
def test_every_target_of_make_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b", " \n".join(_code(page)))) <= targets


def _code(page: Path) -> Iterator[str]:
    """Code spans, and lines of indented blocks without their comments."""
    yield from _spoken(page)
    yield from (line.partition("#")[0] for line in page.read_text().splitlines() if line.startswith("    "))


def _longest(words: str, known: dict[str, click.Command]) -> click.Command | None:
    """The command these words begin with: what follows it are arguments."""
    while words not in known and " " in words:
        words = words.rpartition(" ")[0]
    return known.get(words)


def test_the_readme_shows_every_room() -> None:
    readme = (ROOT / "README.md").read_text()
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert {room for room in rooms if f"`{room}/`" not in readme} == set()


@pytest.mark.parametrize(("word", "file", "name"), _glossary(), ids=[word for word, _, _ in _glossary()])
def test_a_word_of_the_glossary_lives_where_it_says(word: str, file: str, name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}\b", (ROOT / file).read_text()), f"{word}: no {name} in {file}"


def test_every_row_of_the_glossary_has_a_sentence_and_a_place() -> None:
    text = (ROOT / "docs/glossary.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| Word")]
    assert len(rows) == len(_glossary())
    assert [row for row in rows if not re.search(r"\. \| `", row)] == []


def test_decisions_are_numbered_without_gaps_and_have_their_four_parts() -> None:
    pages = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text()
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ADR_PARTS, page.name
        assert text.startswith(f"# {page.name[:4]}: "), page.name


def test_every_workflow_is_in_the_architecture() -> None:
    defined = {
        name
        for path in (ROOT / "workflows").glob("*.py")
        for name in re.findall(r"^class (\w+Workflow)\b", path.read_text(), re.MULTILINE)
    }
    table = set(
        re.findall(r"^\| `(\w+Workflow)` \|", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)
    )
    assert table == defined


def test_the_operations_page_does_what_it_says(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every block from top to bottom, as the application role: the least a desk needs, then what one watches."""
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    page = (ROOT / "docs/operations.md").read_text()
    _set_up(page, monkeypatch, tmp_path)
    blocks = re.findall(r"```(sql|python)\n(.*?)```", page, re.DOTALL)
    assert {language for language, _ in blocks} == {"sql", "python"}
    for language, block in blocks:
        if language == "python":
            exec(compile(block, "operations.md", "exec"), {})
        else:
            _run(database.app_url, block)
    assert re.fullmatch(r"pf_\S{43}\n", capsys.readouterr().out)


def _set_up(page: str, monkeypatch: pytest.MonkeyPatch, where: Path) -> None:
    """The operator's file as it stands there, and the commands that read it."""
    (operator,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (where / "acme.yaml").write_text(operator)
    monkeypatch.chdir(where)
    for line in re.findall(r"^    partnerflow (people .*)$", page, re.MULTILINE):
        made = CliRunner().invoke(main, shlex.split(line))
        assert re.fullmatch(r"pf_\S{43}\n", made.output), made.output


def _run(url: str, block: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in filter(str.strip, block.split(";")):
            connection.execute(statement.encode())
