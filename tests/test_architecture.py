"""Imports point one way, and the handshake stays free of what does not belong there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "hellodone"

# What each part may import, besides itself. Parts are folders, or modules beside them.
BASE = {"errors", "clock"}
WIRE = BASE | {"wire"}
REGISTRY = WIRE | {"registry"}
CRYPTO = REGISTRY | {"crypto"}
PKI = CRYPTO | {"pki"}
MESSAGES = REGISTRY | {"messages"}
RECORD = REGISTRY | {"record"}
SETTINGS = PKI | {"session", "policy", "config", "events"}
HANDSHAKE = SETTINGS | MESSAGES | RECORD | {"handshake"}
CONNECTION = HANDSHAKE | {"stream", "connection"}
TRACE = HANDSHAKE | {"trace"}
ENDPOINT = CONNECTION | {"trace", "endpoint"}
DIAGRAM = {"errors", "wire", "messages", "trace", "diagram"}
GENERAL = REGISTRY | DIAGRAM | {"general"}
TRANSPORT = ENDPOINT | {"transport"}
HTTPS = TRANSPORT | {"https"}
ALLOWED = {
    "errors": BASE,
    "clock": BASE,
    "wire": WIRE,
    "registry": REGISTRY,
    "crypto": CRYPTO,
    "pki": PKI,
    "messages": MESSAGES,
    "record": RECORD,
    "policy": CRYPTO | {"policy"},
    "config": SETTINGS,
    "events": BASE | {"events"},
    "handshake": HANDSHAKE,
    "stream": HANDSHAKE | {"stream"},
    "connection": CONNECTION,
    "session": CRYPTO | {"session"},
    "endpoint": ENDPOINT,
    "trace": TRACE,
    "diagram": DIAGRAM,
    "general": GENERAL,
    "explain": TRACE | {"explain"},
    "transport": TRANSPORT,
    "https": HTTPS,
    "cli": HTTPS | GENERAL | {"explain", "cli"},
    "__main__": {"cli"},
}
DOERS = ("socket", "threading", "selectors", "asyncio", "subprocess", "ssl")


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    for part, path in files():
        yield part, path, parsed(path)


def modules_of(wanted: str) -> Iterator[tuple[Path, ast.Module]]:
    for part, path in files():
        if part == wanted:
            yield path, parsed(path)


def files() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).parts[0].removesuffix(".py"), path


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """The modules imported, wherever it happens, and whether only for the type checker."""
    typing_only = {
        id(node)
        for guard in ast.walk(tree)
        if isinstance(guard, ast.If) and ast.unparse(guard.test) == "TYPE_CHECKING"
        for node in ast.walk(guard)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in typing_only) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "hellodone":
                yield from ((f"hellodone.{alias.name}", id(node) in typing_only) for alias in node.names)
            else:
                yield node.module, id(node) in typing_only


def test_imports_point_one_way() -> None:
    wrong = []
    for part, path, tree in modules():
        if part == "__init__":
            continue  # hands on names
        for name, typing_only in imports(tree):
            if not name.startswith("hellodone.") or typing_only:
                continue
            target = name.split(".")[1]
            if target not in ALLOWED[part] | {part} and target not in ("__version__",):
                wrong.append(f"{path.relative_to(SOURCE)} imports {name}")
    assert wrong == []


def test_every_part_is_listed() -> None:
    assert {part for part, _ in files()} - {"__init__"} == set(ALLOWED)


def test_diagrams_know_the_trace_and_nothing_that_made_it() -> None:
    allowed = tuple(
        f"hellodone.{m}"
        for m in (
            *("trace.model", "trace.secrets", "trace.weaknesses", "trace.json", "wire.field", "errors"),
            *("messages.meanings", "messages.certificate_fields", "messages.status_fields"),
            *("trace.knowledge", "trace.known", "trace.reading", "trace.recompute"),
        )
    )
    for path, tree in modules_of("diagram"):
        for name, _ in imports(tree):
            if name.startswith("hellodone."):
                assert name.startswith(("hellodone.diagram", *allowed)), f"{path.name} imports {name}"


def test_only_crypto_and_pki_import_cryptography() -> None:
    for part, path, tree in modules():
        if part not in ("crypto", "pki"):
            for name, _ in imports(tree):
                assert not name.startswith("cryptography"), f"{path.relative_to(SOURCE)} imports {name}"


@pytest.mark.parametrize("part", ["wire", "registry", "messages", "record", "crypto", "handshake", "connection"])
def test_the_core_touches_no_socket_thread_or_loop(part: str) -> None:
    for path, tree in modules_of(part):
        for module, _ in imports(tree):
            assert module.split(".")[0] not in DOERS, f"{path.relative_to(SOURCE)} imports {module}"


def test_no_cycles_between_modules() -> None:
    graph: dict[str, set[str]] = {}
    for _, path, tree in modules():
        name = ".".join(("hellodone", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
        graph[name] = set(_imported(tree))
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name in done:
            return
        for target in graph.get(name, ()):
            visit(target, (*way, name))
        done.add(name)

    for name in graph:
        visit(name, ())


def _imported(tree: ast.Module) -> Iterator[str]:
    """What importing the module imports: of a package the submodules that are named, else the module itself."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("hellodone."):
            folder = SOURCE.joinpath(*node.module.split(".")[1:])
            submodules = [a.name for a in node.names if (folder / f"{a.name}.py").exists()]
            yield from (f"{node.module}.{name}" for name in submodules)
            if len(submodules) < len(node.names):
                yield node.module


def test_handshake_files_hold_no_trace_call_and_no_literal_code_point() -> None:
    for path, tree in modules_of("handshake"):
        for name, _ in imports(tree):
            assert "trace" not in name.split("."), f"{path.name} imports {name}"
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
                assert node.value < 64, f"{path.name}:{node.lineno} has the number {node.value}"


def test_files_and_functions_stay_short() -> None:
    long = []
    for _, path, tree in modules():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 420 and "_table" not in path.name:
            long.append(f"{path.relative_to(SOURCE)}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 45:
                    long.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}: {length} lines")
    assert long == []
