"""Peers whose command-line programs are ours, over libraries that are not: Node 8, Mbed TLS, JSSE, Erlang and others.

They are here for what OpenSSL 3 and GnuTLS lack. All print ``client OK SUITE key=value...`` or ``server OK ...`` about
a handshake; their servers show the request in the answer. A client of Java or Erlang makes many connections, one
for each cell, because it takes a second to start.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from hellodone.registry.suites import find_cipher_suite
from tests.interop import peers
from tests.interop.cells import Cell
from tests.interop.pki import Pki
from tests.interop.stacks import PSK, Report, Setup, Stack, found, http_request
from tests.interop.suites import RARE_SUITES, STATIC, SUITES, Suite

CONNECTION = re.compile(r"^client (?:OK .*(?:\nclient again .*)*\nclient read .*|FAIL .*)$", re.MULTILINE)


class Peer(Protocol):
    """A peer of the rare branches: those of this module, and OpenSSL and GnuTLS behind ``OneByOne``."""

    def clients(self, cells: Sequence[Cell], pki: Pki, port: int, *more: str) -> list[str]:
        """A client that connects once for each cell, in order; ``more`` are further words of its command line."""

    def client_report(self, output: str) -> Report:
        """The client's own words about a connection."""

    def server(self, setup: Setup, pki: Pki, port: int, *more: str) -> list[str]:
        """The command of a server on this port."""

    def shared(self, setup: Setup) -> Setup:
        """What of the setup needs another server."""

    def request(self, nonce: str) -> bytes:
        """What a client says to that server."""

    def answer(self, nonce: str) -> bytes:
        """What the server's answer to it must contain."""

    def server_report(self, answer: str, log: str) -> Report:
        """The server's own words, from its answer or its log."""


class OneByOne:
    """OpenSSL or GnuTLS, whose programs make one connection."""

    def __init__(self, stack: Stack) -> None:
        """Of this stack."""
        self._stack = stack
        self.client_report, self.server_report = stack.client_report, stack.server_report
        self.request, self.answer = stack.request, stack.answer

    def clients(self, cells: Sequence[Cell], pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        (cell,) = cells
        return [*self._stack.client(cell, pki, port), *more]

    def server(self, setup: Setup, pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        return [*self._stack.server(setup, pki, port), *more]

    def shared(self, setup: Setup) -> Setup:
        """See Peer."""
        return setup


class Printing:
    """What all have in common: how a server is spoken to and what it says."""

    def request(self, nonce: str) -> bytes:
        """What a client says to the server."""
        return http_request(nonce)

    def answer(self, nonce: str) -> bytes:
        """What the server's answer to it must contain."""
        return nonce.encode()

    def shared(self, setup: Setup) -> Setup:
        """See Peer."""
        return setup

    def client_report(self, output: str) -> Report:
        """See Peer."""
        return self._report("client", output)

    def server_report(self, answer: str, log: str) -> Report:
        """See Peer."""
        return self._report("server", answer)

    def _report(self, role: str, text: str) -> Report:
        peer = found(rf"{role} OK .*\bpeer=(\S+)", text)
        authenticated = peer not in ("", "0", "none")
        return Report(self.registered(found(rf"{role} OK (\S+)", text)), peer_authenticated=authenticated)

    def registered(self, suite: str) -> str:
        """The registered name of a suite that the peer named."""
        return suite


class Node8(Printing):
    """programs/peer.js in Node 8: OpenSSL 1.0.2, the last that had static Diffie-Hellman."""

    def clients(self, cells: Sequence[Cell], pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        (cell,) = cells
        command = [*self._node("c", port), f"ciphers={openssl_102_name(cell.suite)}"]
        command += [f"ca={pki.authorities}"] if cell.certificate else []
        command += [f"curve={NODE_CURVES[cell.group]}"] if cell.group in NODE_CURVES else []
        if name := cell.client_certificate:
            command += [f"crt={pki.chain(name)}", f"key={pki.key(name)}"]
        return [*command, *more]

    def server(self, setup: Setup, pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        command = [*self._node("s", port), "ciphers=ALL:eNULL:aNULL", f"dh={pki.group(setup.finite_field)}"]
        if name := setup.certificate:
            command += [f"crt={pki.chain(name)}", f"key={pki.key(name)}"]
        command += ["ask=1", f"ca={pki.authorities}"] if setup.asks_for_certificate else []
        return [*command, *more]

    def _node(self, role: str, port: int) -> list[str]:
        return [peers.require("node8"), str(peers.PROGRAMS / "peer.js"), role, str(port)]

    def registered(self, suite: str) -> str:
        """See Printing."""
        return OPENSSL_102.get(suite, suite)


class MbedTls(Printing):
    """programs/mbedtls.c over Mbed TLS 2.28."""

    def __init__(self, program: Path) -> None:
        """With the built program."""
        self._program = str(program)

    def clients(self, cells: Sequence[Cell], pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        (cell,) = cells
        command = [self._program, "c", str(port), f"suite={cell.suite.name.replace('_', '-')}"]
        command += [f"ca={pki.authorities_but_dsa}"] if cell.certificate else []
        command += [f"psk={PSK}"] if cell.suite.uses_psk else []
        if name := cell.client_certificate:
            command += [f"crt={pki.chain(name)}", f"key={pki.key(name)}"]
        return [*command, *more]

    def server(self, setup: Setup, pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        command = [self._program, "s", str(port), *([f"psk={PSK}"] if setup.psk else [])]
        if name := setup.certificate:
            command += [f"crt={pki.chain(name)}", f"key={pki.key(name)}"]
        return [*command, *more]

    def registered(self, suite: str) -> str:
        """See Printing."""
        return suite.replace("-", "_")


class Jsse(Printing):
    """programs/Jsse.java over the JDK's own JSSE. One server has all certificates."""

    def __init__(self, program: Path) -> None:
        """With the folder of the compiled classes."""
        self._java = ["-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", str(program), "Jsse"]

    def clients(self, cells: Sequence[Cell], pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        suites = ",".join(jsse_name(cell.suite) for cell in cells)
        command = [peers.require("java"), *self._java, "c", str(port), f"suites={suites}"]
        return [*command, f"trust={pki.authorities}", f"p12={pki.pkcs12('cli-rsa')}", *more]

    def server(self, setup: Setup, pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        stores = ",".join(pki.pkcs12(name) for name in ("srv-rsa", "srv-dsa", "srv-ecdh-rsa", "srv-ecdh-ecdsa"))
        suites = ",".join(jsse_name(suite) for suite in (*SUITES, *RARE_SUITES) if jsse_knows(suite))
        command = [peers.require("java"), *self._java, "s", str(port), f"suites={suites}"]
        return [*command, f"p12={stores}", f"trust={pki.authorities}", *more]

    def shared(self, setup: Setup) -> Setup:
        """See Peer."""
        return Setup("")

    def registered(self, suite: str) -> str:
        """See Printing."""
        return re.sub("^SSL_", "TLS_", suite)


class Erlang(Printing):
    """programs/peer.escript over Erlang/OTP's ssl, for static ECDH."""

    def clients(self, cells: Sequence[Cell], pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        suites = ",".join(cell.suite.name for cell in cells)
        return [*self._escript("c", port), f"suites={suites}", f"ca={pki.authorities_but_dsa}", *more]

    def server(self, setup: Setup, pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        name = setup.certificate
        return [*self._escript("s", port), f"crt={pki.chain(name)}", f"key={pki.key(name)}", *more]

    def _escript(self, role: str, port: int) -> list[str]:
        return [peers.require("escript"), str(peers.PROGRAMS / "peer.escript"), role, str(port)]


class BouncyCastle(Printing):
    """programs/BouncyCastle.java, for keys that lie in certificates: static (EC)DH, and clients' fixed ones."""

    def __init__(self, program: Path) -> None:
        """With the folder of the compiled classes."""
        path = ":".join([*peers.BOUNCY_CASTLE, str(program)])
        self._java = ["-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", path, "BouncyCastle"]

    def clients(self, cells: Sequence[Cell], pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        suites = ["/".join(filter(None, [cell.suite.name, cell.client_certificate])) for cell in cells]
        return [*self._command("c", port, pki), "suites=" + ",".join(suites), *more]

    def server(self, setup: Setup, pki: Pki, port: int, *more: str) -> list[str]:
        """See Peer."""
        suites = ",".join(suite.name for suite in RARE_SUITES if suite.key_exchange in STATIC)
        command = [*self._command("s", port, pki), f"suites={suites}", *(["key=x"] if setup.certificate else [])]
        return [*command, *(["ask=1"] if setup.asks_for_certificate else []), *more]

    def shared(self, setup: Setup) -> Setup:
        """See Peer."""
        certificate = "dhx" if "-dhx-" in setup.certificate else ""
        return Setup(certificate, asks_for_certificate=setup.asks_for_certificate)

    def _command(self, role: str, port: int, pki: Pki) -> list[str]:
        for archive in peers.BOUNCY_CASTLE:
            peers.require(archive)
        return [peers.require("java"), *self._java, role, str(port), f"pki={pki.folder}"]


NODE_CURVES = {"secp256r1": "prime256v1", "secp192r1": "prime192v1"} | {
    name: name for name in ("brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "secp256k1", "secp224r1")
}


def openssl_102_name(suite: Suite) -> str:
    """OpenSSL's own name of a suite, as 1.0.2 has it."""
    own = find_cipher_suite(suite.name).openssl_name
    return {"DHE-RSA-DES-CBC3-SHA": "EDH-RSA-DES-CBC3-SHA", "DHE-DSS-DES-CBC3-SHA": "EDH-DSS-DES-CBC3-SHA"}.get(
        own, own
    )


OPENSSL_102 = {openssl_102_name(suite): suite.name for suite in (*SUITES, *RARE_SUITES)}


def jsse_name(suite: Suite) -> str:
    """What the JDK calls a suite: those that are older than TLS begin with SSL."""
    old = suite.key_exchange in ("RSA", "DHE_DSS", "DHE_RSA", "DH_anon")
    older = suite.cipher in ("3DES_EDE_CBC", "RC4_128") or (suite.cipher == "NULL" and suite.hash != "SHA256")
    return suite.name.replace("TLS_", "SSL_") if old and older else suite.name


def jsse_knows(suite: Suite) -> bool:
    """Whether JSSE has the key exchange and the cipher."""
    exchange = not suite.uses_psk and suite.key_exchange not in ("DH_RSA", "DH_DSS")
    return exchange and not re.match("CAMELLIA|SEED|AES_..._CCM|CHACHA20_POLY1305$", suite.cipher)
