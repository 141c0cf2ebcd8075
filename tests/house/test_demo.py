"""`partnerflow demo`: the worked example told to its end on a stack of its own."""

import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from api.demo import ending
from api.demo.person import Cast
from api.demo.post import Post
from api.demo.screen import Screen
from api.demo.sheet import Sheet
from api.demo.stage import Stage
from api.embedded.place import recall
from tests.support.stack import await_gone

DEMO = (sys.executable, "-m", "api.cli", "demo")
SOMEBODY_ELSES = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "SMTP_URL": "smtp://127.0.0.1:1"}


@pytest.mark.long
def test_the_demo_tells_the_worked_example_and_every_figure_holds(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    told = _run("--once", "--data", str(data), environ=SOMEBODY_ELSES)
    assert told.returncode == 0, told.stdout + told.stderr
    assert re.search(r"\b(\d+) of \1 as the example says", told.stdout)
    for figure in (
        "2,880.00",
        "2,534.40",
        "1,722.24",
        "1,515.24",
        "1,157.76",
        "1,019.16",
        "642.24",
        "1,080.00",
    ):
        assert figure in told.stdout
    for said in (
        "edition-mismatch",
        "allocation-mismatch",
        "Daniel Reeves has your case now",
        "closed, credited",
    ):
        assert said in told.stdout
    assert "\x1b" not in told.stdout
    documents = sorted(path.name.rpartition("-")[0][:-5] for path in (data / "documents").iterdir())
    assert documents == ["ARB-CN", "ARB-INV", "MER-CN", "MER-INV"]
    for mail in re.findall(r"mail/new/\S+", told.stdout):
        assert (data / mail).is_file()
    assert recall(data) is None


@pytest.mark.long
def test_an_interrupted_demo_ends_as_such_and_leaves_nothing_running(tmp_path: Path) -> None:
    command = (*DEMO, "--data", str(tmp_path / "demo"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any("3  Nobody answers" in line for line in process.stdout)
        run = recall(tmp_path / "demo")
        process.send_signal(signal.SIGINT)
        assert "Stopped" in process.stdout.read()
        assert process.wait(20) == 130
    assert run is not None
    await_gone(*run["pids"].values())


@pytest.mark.slow
def test_a_stack_that_does_not_start_is_said_with_what_to_do(tmp_path: Path) -> None:
    told = _run("--once", "--data", str(tmp_path / "demo"), environ={"LOG_LEVEL": "loud"})
    assert told.returncode == 1
    for said in ("ended with status", "LOG_LEVEL", str(tmp_path / "demo" / "logs"), "make setup"):
        assert said in told.stderr
    assert "Traceback" not in told.stderr


def test_the_demo_begins_in_a_new_directory_alone(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text("{}")
    told = _run("--once", "--data", str(tmp_path))
    assert told.returncode == 1
    assert "holds a stack already" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_wrong_figure_is_named_with_what_it_should_have_been(tmp_path: Path) -> None:
    out, sheet = io.StringIO(), Sheet(chapter=5)
    sheet.money("still to pay", "642.24", {"amount": "642.25", "currency": "GBP"})
    sheet.three(
        "rebill", "1,435.20 + 287.04 = 1,722.24", {"net": "1435.20", "tax": "287.04", "gross": "1722.24"}
    )
    assert [check.what for check in sheet.wrong] == ["still to pay"]
    ending.verdict(Stage(tmp_path, Screen(out), sheet, Cast({}, {}), Post(tmp_path)))
    assert "Wrong in chapter 5: still to pay is 642.25, not 642.24." in out.getvalue()
    assert "3 of 4 as the example says" in out.getvalue()


def test_an_amount_that_is_missing_is_wrong_and_no_accident() -> None:
    sheet = Sheet()
    sheet.three("credit", "2,400.00 + 480.00 = 2,880.00", None)
    assert [check.seen for check in sheet.wrong] == ["None", "None", "None"]


def _run(*options: str, environ: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | (environ or {})
    return subprocess.run((*DEMO, *options), env=environment, capture_output=True, text=True, check=False)
