"""hellodone's own commands as its users type them, for a cell."""

import sys
from dataclasses import replace

from tests.interop.cells import Cell
from tests.interop.pki import Pki
from tests.interop.processes import Server
from tests.interop.servers import Servers
from tests.interop.stacks import Setup
from tests.interop.suites import SUITES

HELLODONE = [sys.executable, "-m", "hellodone"]


class Serve:
    """Running ``hellodone serve`` commands, shared by all cells that need the same one."""

    def __init__(self, servers: Servers, pki: Pki) -> None:
        """The servers stay up as long as ``servers``."""
        self._servers = servers
        self._pki = pki

    def __call__(self, cell: Cell, *, only: bool = False) -> Server:
        """The server for a cell; ``only`` limits it to the cell's suite and group, for clients that take any."""
        setup = replace(Setup.of(cell), encrypt_then_mac=True, finite_field="")  # which the client chooses
        suites = [cell.suite.name] if only else [suite.name for suite in SUITES]
        groups = [cell.group] if only and cell.group else []
        key = ("hellodone", setup, *suites, *groups)
        return self._servers.get(key, lambda port: serve_command(setup, suites, groups, self._pki, port))


def serve_command(setup: Setup, suites: list[str], groups: list[str], pki: Pki, port: int) -> list[str]:
    """``hellodone serve`` with this setup."""
    command = [*HELLODONE, "serve", "--bind", f"127.0.0.1:{port}", "--policy", "compatible"]
    command += ["--cert", pki.chain(setup.certificate), "--key", pki.key(setup.certificate)]
    command += ["--ciphers", ",".join(suites)]
    command += ["--groups", ",".join(groups)] if groups else []
    command += ["--client-ca", pki.authorities] if setup.asks_for_certificate else []
    return command + (["--alpn", setup.alpn] if setup.alpn else [])


def connect_command(cell: Cell, pki: Pki, target: str) -> list[str]:
    """``hellodone connect`` to a target, limited to what a cell asks for."""
    command = [*HELLODONE, "connect", target, "--cacert", pki.authorities, "--policy", "compatible"]
    command += ["--ciphers", cell.suite.name, "--timeout", "10"]
    command += ["--groups", cell.group] if cell.group else []
    command += ["--alpn", cell.alpn] if cell.alpn else []
    if name := cell.client_certificate:
        command += ["--cert", pki.chain(name), "--key", pki.key(name)]
    return command
