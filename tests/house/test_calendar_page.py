"""The examples of docs/calendars.md do what the page says."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main

PAGE = (Path(__file__).parents[2] / "docs/calendars.md").read_text(encoding="utf-8")
DOCUMENT = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
EXAMPLES = re.findall(r"^ {4}\$ partnerflow (.+)\n((?:(?: {4}(?!\$).*)?\n)+)", PAGE, re.MULTILINE)


def test_the_page_has_its_document_and_its_examples() -> None:
    assert len(DOCUMENT) == 1
    assert len(EXAMPLES) == PAGE.count("    $ ") == 5


@pytest.mark.parametrize(("command", "answer"), EXAMPLES, ids=lambda text: text[:40].strip())
def test_an_example_answers_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, answer: str
) -> None:
    (tmp_path / "office.yaml").write_text(DOCUMENT[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, shlex.split(command))

    assert result.exit_code == 0
    assert result.stdout.strip() == re.sub(r"(?m)^ {4}", "", answer).strip()
