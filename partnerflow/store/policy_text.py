"""A policy as its author wrote it: YAML text, and where in it every value of the document stands.

What YAML would take but a policy must not (a name twice, aliases, tags, a depth nobody reads) is a fault like any
other, with its line and column.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from partnerflow.people import Directory
from partnerflow.policy.document import Policy, PolicyFault, load
from partnerflow.policy.naming import unnamable

DEEPEST: Final = 12
"""Levels of nesting; a policy has five."""
LONGEST: Final = 200_000
"""Characters of a source."""

MANY: Final = 50
"""Faults that are told at once."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and its place, from 1; a document that never was a text has no lines."""

    path: str
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        where = f"{self.line}:{self.column}: " if self.line else ""
        return where + (f"{self.path}: {self.message}" if self.path else self.message)


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed source: ``nodes`` by path (``routes[1].when``), ``names`` the nodes of members' names. ``faults`` are
    those of the YAML itself; with ``document`` None nothing more can be said of it."""

    text: str
    document: Any
    faults: tuple[Fault, ...] = ()
    nodes: dict[str, yaml.Node] = field(default_factory=dict)
    names: dict[str, yaml.Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a source or a document says: the policy, unless there are faults."""

    document: dict[str, Any] | None
    policy: Policy | None
    faults: tuple[Fault, ...]


def check(source: Source, version: int, directory: Directory | None = None) -> Checked:
    """The policy of a source, or every fault, from the first line on; with a directory also of whom it names."""
    if source.document is None:
        return Checked(None, None, source.faults)
    policy, further = _policy(source.document, version, directory)
    found = (*source.faults, *(locate(source, fault) for fault in further))
    faults = tuple(sorted(found, key=lambda fault: (fault.line or 0, fault.column or 0)))[:MANY]
    return Checked(source.document, None if faults else policy, faults)


def check_document(document: Any, version: int, directory: Directory | None = None) -> Checked:
    """The same for a document that came as data."""
    policy, found = _policy(document, version, directory)
    faults = tuple(Fault(fault.path, fault.message) for fault in found)[:MANY]
    return Checked(document, None if faults else policy, faults)


def _policy(
    document: Any, version: int, directory: Directory | None
) -> tuple[Policy | None, tuple[PolicyFault, ...]]:
    try:
        policy = load(document, version)
    except PolicyFault as fault:
        return None, fault.each
    return policy, unnamable(document, policy, directory) if directory else ()


def dumped(document: Any) -> str:
    """The source of a document that came as data."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    return text


def locate(source: Source, fault: PolicyFault) -> Fault:
    """A fault of the document with its line and column."""
    if fault.name is not None and fault.name in source.names:
        line, column = _start(source.names[fault.name])
    else:
        node = _nearest(source, fault.path)
        line, column = _within(source.text, node, fault.inside) if fault.inside else _start(node)
    return Fault(fault.path, fault.message, line, column)


def parse(text: str) -> Source:
    """Read a source as far as it can be read."""
    if len(text) > LONGEST:
        return _unreadable(text, f"has more than {LONGEST:,} characters", 1, 1)
    try:
        refused = next(_refused(text), None)
        node = None if refused else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        return _unreadable(text, "holds a character that no text has", *_at(text, error.position))
    except yaml.MarkedYAMLError as error:
        return _unmarked(text, error)
    if refused:
        return _unreadable(text, *refused)
    if not isinstance(node, yaml.MappingNode):
        line, column = _start(node) if node else (1, 1)
        return _unreadable(text, "must be a mapping of names to values", line, column)
    return _walked(text, node)


def _refused(text: str) -> Iterator[tuple[str, int, int]]:
    """What makes a small text a large document, or is no policy's business: found before anything is built of it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        assert event.start_mark is not None
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield "anchors (&) and aliases (*) are not taken: write it out", line, column
        if (tag := getattr(event, "tag", None)) and tag != "!":
            yield f"tags are not taken: {tag}", line, column
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                yield f"is nested more than {DEEPEST} levels deep", line, column
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _unmarked(text: str, error: yaml.MarkedYAMLError) -> Source:
    mark = error.problem_mark or error.context_mark
    said = " ".join(filter(None, (error.problem, error.context and f"({error.context})")))
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return _unreadable(text, f"is no YAML: {said}", line, column)


def _unreadable(text: str, message: str, line: int, column: int) -> Source:
    return Source(text, None, (Fault("", message, line, column),))


def _walked(text: str, root: yaml.MappingNode) -> Source:
    walk = _Walk()
    document = walk.mapping(root, "")
    return Source(text, document, tuple(walk.faults), walk.nodes, walk.names)


@dataclass(slots=True)
class _Walk:
    """Values of nodes, and where each stands."""

    faults: list[Fault] = field(default_factory=list)
    nodes: dict[str, yaml.Node] = field(default_factory=dict)
    names: dict[str, yaml.Node] = field(default_factory=dict)
    scalars: yaml.constructor.SafeConstructor = field(default_factory=yaml.constructor.SafeConstructor)

    def value(self, node: yaml.Node, path: str) -> Any:
        self.nodes[path] = node
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, f"{path}[{index}]") for index, each in enumerate(node.value)]
        return self.scalar(node, path)

    def mapping(self, node: yaml.MappingNode, path: str) -> dict[Any, Any]:
        self.nodes[path] = node
        found: dict[Any, Any] = {}
        for name_node, value_node in node.value:
            name = self.scalar(name_node, path) if isinstance(name_node, yaml.ScalarNode) else None
            said = str(name) if str(name).isprintable() else ascii(name)
            here = f"{path}.{said}" if path else said
            if name is None:
                self.faults.append(Fault(path, "a name is wanted here", *_start(name_node)))
            elif name in found:
                line, _ = _start(self.names[here])
                self.faults.append(Fault(here, f"is here twice, first in line {line}", *_start(name_node)))
            else:
                self.names[here] = name_node
                found[name] = self.value(value_node, here)
        return found

    def scalar(self, node: yaml.Node, path: str) -> Any:
        """As YAML means it; a date stays text, since no value of a policy is one."""
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value
        try:
            return self.scalars.construct_object(node)
        except (ValueError, yaml.YAMLError):
            self.faults.append(Fault(path, "is not what it looks like to YAML; quote it", *_start(node)))
            return node.value


def _start(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _nearest(source: Source, path: str) -> yaml.Node:
    """The node at a path, or at the nearest above it that is there."""
    while path not in source.nodes:
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    return source.nodes[path]


def _within(text: str, node: yaml.Node, inside: tuple[int, int]) -> tuple[int, int]:
    """Line and column of a character of a scalar, whatever its style: the characters of a value stand in the same
    order in its text, between them only quotes, escapes, indents and line breaks."""
    lines = node.value.split("\n")
    before = "\n".join([*lines[: inside[0] - 1], lines[min(inside[0], len(lines)) - 1][: inside[1] - 1]])
    place, end = node.start_mark.index, node.end_mark.index
    if getattr(node, "style", None) in ("|", ">"):
        place = text.find("\n", place, end) + 1 or place
    elif getattr(node, "style", None) in ("'", '"'):
        place += 1
    for character in before:
        if not character.isspace():
            found = text.find(character, place, end)
            if found < 0:
                return _start(node)
            place = found + 1
    wanted = node.value[len(before) :][:1]
    return _at(text, max(place, text.find(wanted, place, end) if wanted.strip() else place))


def _at(text: str, index: int) -> tuple[int, int]:
    before = text[:index].replace("\r\n", "\n")
    for other in "\r\x85\u2028\u2029":
        before = before.replace(other, "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
