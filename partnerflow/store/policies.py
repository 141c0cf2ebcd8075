"""The policies that ship, read from their files beside the packages, in a checkout as in a wheel."""

from pathlib import Path
from typing import Final

import yaml

from partnerflow.policy.document import PolicyFault, merge
from partnerflow.store.policy_text import dumped

Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Written in C where PyYAML has it: a shipped file takes 5 ms instead of 60."""

SHIPPED: Final = Path(__file__).resolve().parents[2] / "policies"


def names() -> tuple[str, ...]:
    """What can be read, by name."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def read(name: str) -> dict[str, object]:
    """The document of a shipped policy, ready for ``load`` and to be stored; ``extends: NAME`` is worked in.

    Raises LookupError for a name that does not ship, PolicyFault for a file that is no mapping.
    """
    document = yaml.load(_text(name), Loader)  # noqa: S506  (a safe loader)
    if not isinstance(document, dict):
        raise PolicyFault("", f"{name}.yaml must be a mapping of names to values")
    base = document.pop("extends", None)
    return document if base is None else merge(read(base), document)


def source(name: str) -> str:
    """The text of a shipped policy, complete in itself: of one that ``extends`` another, the whole written out."""
    text = _text(name)
    extends = "extends" in yaml.load(text, Loader)  # noqa: S506  (a safe loader)
    return dumped(read(name)) if extends else text


def _text(name: str) -> str:
    if name not in names():
        raise LookupError(f"no policy {name!r} ships; there are {', '.join(names())}")
    return (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
