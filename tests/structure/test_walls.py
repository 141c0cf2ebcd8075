"""The pure floors stand on the standard library and each other; one module may speak CEL."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = (
    "calendars",
    "cases",
    "credits",
    "directory",
    "events",
    "imports",
    "money",
    "orders",
    "people",
    "policy",
    "refusals",
)
SPEAKS_CEL = "partnerflow/policy/conditions.py"
NOT_PURE = {
    "asyncio",
    "io",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "threading",
    "time",
    "uuid",
}


def _pure_files() -> Iterator[Path]:
    for name in PURE:
        yield from sorted((ROOT / "partnerflow" / name).rglob("*.py"))
        yield from (ROOT / "partnerflow").glob(f"{name}.py")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            whole = node.module or ""
            yield from (
                (f"partnerflow.{alias.name}" for alias in node.names) if whole == "partnerflow" else (whole,)
            )


def _allowed(path: Path, module: str) -> bool:
    room, _, rest = module.partition(".")
    if room == "partnerflow":
        return rest.partition(".")[0] in PURE
    if room == "cel_expr_python":
        return path == ROOT / SPEAKS_CEL
    return room in sys.stdlib_module_names - NOT_PURE


@pytest.mark.parametrize("path", [*_pure_files()], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_module_stands_on_the_standard_library_and_its_like(path: Path) -> None:
    assert [module for module in _imports(path) if not _allowed(path, module)] == []
