"""The peers' command lines for a cell, and what their output says about the connection.

Every peer offers or accepts exactly the cell's suite when it is the client; as a server it has all suites
switched on, and the client under test names the one.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.interop import peers
from tests.interop.cells import Cell
from tests.interop.pki import Pki
from tests.interop.suites import (
    RARE_SUITES,
    SUITES,
    gnutls_described,
    gnutls_name,
    gnutls_priority,
    gnutls_priority_all,
    openssl_names,
    registered_names,
)

GO_GROUPS = {"x25519": 29, "secp256r1": 23, "secp384r1": 24, "secp521r1": 25}
GNUTLS_GROUPS = {name: f"+GROUP-{name.upper()}" for name in ("x25519", "x448", "secp256r1", "secp384r1", "secp521r1")}
GNUTLS_GROUPS |= {
    "secp224r1": "+GROUP-SECP224R1",
    "secp192r1": "+GROUP-SECP192R1",
    "ffdhe2048": "+GROUP-FFDHE2048",
    "ffdhe3072": "+GROUP-FFDHE3072",
}
OPENSSL_GROUPS = {"x25519": "X25519", "x448": "X448", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
OPENSSL_GROUPS |= {name: name for name in ("brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "secp256k1")}
OPENSSL_GROUPS |= {"secp224r1": "P-224", "secp192r1": "P-192"}

REGISTERED = {gnutls_name(suite): suite.name for suite in (*SUITES, *RARE_SUITES)}
PSK = "000102030405060708090a0b0c0d0e0f"  # the key that goes with the name psk1


@dataclass(frozen=True, slots=True)
class Setup:
    """How a server is started. Cells with the same setup share one server."""

    certificate: str
    encrypt_then_mac: bool = True
    asks_for_certificate: bool = False
    alpn: str = ""
    finite_field: str = "ffdhe2048"
    http: bool = False
    psk: bool = False

    @classmethod
    def of(cls, cell: Cell, *, http: bool = False) -> "Setup":
        """The setup that a cell needs of its server."""
        return cls(
            certificate=cell.certificate,
            encrypt_then_mac=cell.encrypt_then_mac or not cell.suite.is_cbc,
            asks_for_certificate=bool(cell.client_certificate),
            alpn=cell.alpn,
            finite_field=cell.group if cell.group.startswith("ffdhe") else "ffdhe2048",
            http=http,
            psk=cell.suite.uses_psk,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What a peer said about a connection. None: it does not say."""

    suite: str
    alpn: str | None = None
    peer_authenticated: bool | None = None
    encrypt_then_mac: bool | None = None


class Client(Protocol):
    """A peer that can be a client."""

    def client(self, cell: Cell, pki: Pki, port: int) -> list[str]:
        """The command of a client that connects to this port and reads its request from standard input."""

    def client_report(self, output: str) -> Report:
        """The client's own words."""


class Stack(Client, Protocol):
    """A peer that can be a server as well."""

    def server(self, setup: Setup, pki: Pki, port: int) -> list[str]:
        """The command of a server on this port."""

    def request(self, nonce: str) -> bytes:
        """What a client says to that server."""

    def answer(self, nonce: str) -> bytes:
        """What the server's answer to it must contain."""

    def server_report(self, answer: str, log: str) -> Report:
        """The server's own words, from its answer or its log."""


class OpenSSL:
    """openssl s_server and s_client. The server turns lines round (or shows a page about itself)."""

    def server(self, setup: Setup, pki: Pki, port: int) -> list[str]:
        """See Stack."""
        name = setup.certificate
        command = [peers.require("openssl"), "s_server", "-accept", f"127.0.0.1:{port}", "-tls1_2"]
        if name:
            command += ["-cert", pki.certificate(name), "-key", pki.key(name)]
            command += ["-cert_chain", pki.certificate(issuer(name))]
        else:
            command += ["-nocert"]
        command += ["-psk", PSK, "-psk_identity", "psk1"] if setup.psk else []
        command += ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "-groups", ":".join(OPENSSL_GROUPS.values())]
        command += ["-dhparam", pki.group(setup.finite_field), "-www" if setup.http else "-rev"]
        command += [] if setup.encrypt_then_mac else ["-no_etm"]
        if setup.asks_for_certificate:
            command += ["-Verify", "2", "-verify_return_error", "-CAfile", pki.authorities]
        return command + (["-alpn", setup.alpn] if setup.alpn else [])

    def request(self, nonce: str) -> bytes:
        """See Stack."""
        return f"{nonce}\n".encode()

    def answer(self, nonce: str) -> bytes:
        """See Stack."""
        return nonce[::-1].encode()

    def server_report(self, answer: str, log: str) -> Report:
        """See Stack."""
        suite = found(r"Ciphersuite: (\S+)", log) or found(r"Cipher is (\S+)", answer)
        authenticated = "Verification: OK" in log or "Client certificate\n" in answer
        return Report(registered_names().get(suite, ""), peer_authenticated=authenticated)

    def client(self, cell: Cell, pki: Pki, port: int) -> list[str]:
        """See Stack."""
        command = [peers.require("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2", "-ign_eof"]
        command += ["-servername", "localhost", "-verify_hostname", "localhost", "-verify_return_error"]
        command += ["-CAfile", pki.authorities, "-cipher", f"{openssl_names()[cell.suite.name]}:@SECLEVEL=0"]
        command += ["-groups", OPENSSL_GROUPS[cell.group]] if cell.group in OPENSSL_GROUPS else []
        command += [] if cell.encrypt_then_mac else ["-no_etm"]
        command += ["-alpn", cell.alpn] if cell.alpn else []
        command += ["-psk", PSK, "-psk_identity", "psk1"] if cell.suite.uses_psk else []
        if name := cell.client_certificate:
            command += ["-cert", pki.certificate(name), "-key", pki.key(name)]
            command += ["-cert_chain", pki.certificate(issuer(name))]
        return command

    def client_report(self, output: str) -> Report:
        """See Stack."""
        suite = found(r"Cipher is (\S+)", output)
        alpn = found(r"ALPN protocol: (\S+)", output)
        verified = "Verify return code: 0 (ok)" in output and "no peer certificate available" not in output
        return Report(registered_names().get(suite, ""), alpn=alpn, peer_authenticated=verified)


class GnuTLS:
    """gnutls-serv and gnutls-cli. The server shows a page about the connection and the request."""

    def server(self, setup: Setup, pki: Pki, port: int) -> list[str]:
        """See Stack."""
        options = () if setup.encrypt_then_mac else ("%NO_ETM",)
        command = [peers.require("gnutls-serv"), "-p", str(port), "--http", "--priority", gnutls_priority_all(*options)]
        if name := setup.certificate:
            command += ["--x509certfile", pki.chain(name), "--x509keyfile", pki.key(name)]
        command += ["--pskpasswd", pki.passwords] if setup.psk else []
        if setup.asks_for_certificate:
            command += ["--require-client-cert", "--verify-client-cert", "--x509cafile", pki.authorities]
        else:
            command += ["--disable-client-cert"]
        return command + (["--alpn", setup.alpn] if setup.alpn else [])

    def request(self, nonce: str) -> bytes:
        """See Stack."""
        return http_request(nonce)

    def answer(self, nonce: str) -> bytes:
        """See Stack."""
        return nonce.encode()

    def server_report(self, answer: str, log: str) -> Report:
        """See Stack."""
        suite = found(r"Ciphersuite</TD><TD>([^<]+)", answer)
        authenticated = "- Peer's certificate is trusted" in log or "Status: The certificate is trusted" in log
        return Report(
            REGISTERED.get(suite, ""),
            alpn=found(r"Application protocol: (\S+)", log),
            peer_authenticated=authenticated,
            encrypt_then_mac="EtM" in found(r"Options: (.*)", log),
        )

    def client(self, cell: Cell, pki: Pki, port: int) -> list[str]:
        """See Stack."""
        options = [GNUTLS_GROUPS[cell.group]] if cell.group else []
        options += [] if cell.encrypt_then_mac else ["%NO_ETM"]
        command = [peers.require("gnutls-cli"), "-p", str(port), "localhost", "--x509cafile", pki.authorities]
        command += ["--priority", gnutls_priority(cell.suite, *options)]
        command += ["--alpn", cell.alpn] if cell.alpn else []
        command += ["--pskusername", "psk1", "--pskkey", PSK] if cell.suite.uses_psk else []
        if name := cell.client_certificate:
            command += ["--x509certfile", pki.chain(name), "--x509keyfile", pki.key(name)]
        return command

    def client_report(self, output: str) -> Report:
        """See Stack."""
        return Report(
            gnutls_described(found(r"- Description: (\S+)", output)),
            alpn=found(r"Application protocol: (\S+)", output),
            peer_authenticated="Status: The certificate is trusted" in output,
            encrypt_then_mac="EtM" in found(r"- Options: (.*)", output),
        )


class Go:
    """programs/peer.go over crypto/tls. Both ends print one line about the connection."""

    def __init__(self, program: Path) -> None:
        """With the path of the built program."""
        self.program = str(program)

    def server(self, setup: Setup, pki: Pki, port: int) -> list[str]:
        """See Stack."""
        name = setup.certificate
        command = [self.program, "s", str(port), f"crt={pki.chain(name)}", f"key={pki.key(name)}"]
        command += [f"ca={pki.authorities}", "need=1"] if setup.asks_for_certificate else []
        return command + ([f"alpn={setup.alpn}"] if setup.alpn else [])

    def request(self, nonce: str) -> bytes:
        """See Stack."""
        return http_request(nonce)

    def answer(self, nonce: str) -> bytes:
        """See Stack."""
        return nonce.encode()

    def server_report(self, answer: str, log: str) -> Report:
        """See Stack."""
        return self._report("server", answer)

    def client(self, cell: Cell, pki: Pki, port: int) -> list[str]:
        """See Stack."""
        command = [self.program, "c", str(port), f"suites={cell.suite.name}", f"ca={pki.authorities}"]
        command += [f"groups={GO_GROUPS[cell.group]}"] if cell.group else []
        command += [f"alpn={cell.alpn}"] if cell.alpn else []
        if name := cell.client_certificate:
            command += [f"crt={pki.chain(name)}", f"key={pki.key(name)}"]
        return command

    def client_report(self, output: str) -> Report:
        """See Stack."""
        return self._report("client", output)

    def _report(self, role: str, text: str) -> Report:
        suite = found(rf"{role} OK 303 (\S+)", text)
        certificates = found(r"peers=(\d+)", text)
        return Report(suite, found(r"alpn=(\S*)", text), peer_authenticated=certificates != "0", encrypt_then_mac=False)


class Curl:
    """curl, a client that people use. OpenSSL inside."""

    def client(self, cell: Cell, pki: Pki, port: int) -> list[str]:
        """See Stack."""
        command = [peers.require("curl"), "--silent", "--show-error", "--verbose", "--cacert", pki.authorities]
        command += ["--tls-max", "1.2", "--ciphers", f"{openssl_names()[cell.suite.name]}:@SECLEVEL=0"]
        command += ["--curves", OPENSSL_GROUPS[cell.group]] if cell.group in OPENSSL_GROUPS else []
        command += [] if cell.alpn else ["--no-alpn"]
        if name := cell.client_certificate:
            command += ["--cert", pki.chain(name), "--key", pki.key(name)]
        return [*command, f"https://localhost:{port}/"]

    def client_report(self, output: str) -> Report:
        """See Stack."""
        suite = found(r"SSL connection using TLSv1.2 / (\S+)", output)
        verified = "SSL certificate verify ok" in output
        return Report(
            registered_names().get(suite, ""),
            found(r"ALPN: server accepted (\S+)", output),
            peer_authenticated=verified,
        )


def issuer(name: str) -> str:
    """The authority that signed a certificate of programs/pki.sh."""
    if name.endswith(("-dsa", "-dss")):
        return "ca-dsa"
    return "ca-ec" if name.endswith(("-ec", "-ec384", "-ecdsa")) else "ca-rsa"


def found(pattern: str, text: str) -> str:
    """The first group of the first match, "" without one."""
    match = re.search(pattern, text)
    return match[1].strip() if match else ""


def http_request(nonce: str) -> bytes:
    """A request whose header holds a word that the answer can show again."""
    return f"GET / HTTP/1.0\r\nX-Nonce: {nonce}\r\n\r\n".encode()
