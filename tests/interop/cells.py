"""The interop matrix: every planned cell, and the reason for every hole in it.

A cell is one connection between hellodone in one role and one peer in the other. The rare branches have a matrix of
their own in ``rare_cells``; ``python -m tests.interop.matrix`` prints both in numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from tests.interop.suites import SUITES, Suite

Role = Literal["client", "server"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One connection to make: hellodone's role, the peer, and what must be negotiated ("" where it does not apply)."""

    role: Role
    peer: str
    suite: Suite
    certificate: str
    group: str = ""
    encrypt_then_mac: bool = True
    client_certificate: str = ""
    alpn: str = ""

    def __str__(self) -> str:
        extras = [
            self.certificate if self.certificate != USUAL_CERTIFICATES[self.suite.authentication] else "",
            self.group if self.group != USUAL_GROUPS.get(self.suite.key_exchange, "") else "",
            "" if self.encrypt_then_mac or not self.suite.is_cbc else "mac-then-encrypt",
            self.client_certificate,
            self.alpn,
        ]
        us, them = ("hellodone", self.peer) if self.role == "client" else (self.peer, "hellodone")
        return "-".join([f"{us}_to_{them}", self.suite.name.removeprefix("TLS_"), *filter(None, extras)])


@dataclass(frozen=True, slots=True)
class Hole:
    """A cell that cannot be run, and why."""

    cell: Cell
    reason: str


CLIENT_PEERS = ("openssl", "gnutls", "go")  # servers that hellodone connects to
SERVER_PEERS = ("openssl", "gnutls", "go", "curl", "chromium")  # clients that connect to hellodone

USUAL_CERTIFICATES = {
    "": "",
    "rsa": "srv-rsa",
    "ecdsa": "srv-ec",
    "dss": "srv-dsa",
    "DH_RSA": "srv-dh-rsa",
    "DH_DSS": "srv-dh-dss",
    "ECDH_RSA": "srv-ecdh-rsa",
    "ECDH_ECDSA": "srv-ecdh-ecdsa",
}
USUAL_GROUPS = {"RSA": "", "DHE_RSA": "ffdhe2048", "ECDHE_RSA": "x25519", "ECDHE_ECDSA": "secp256r1"}
OTHER_CERTIFICATES = ("srv-ec384", "srv-ed", "srv-pss")
CLIENT_CERTIFICATES = ("cli-rsa", "cli-ec", "cli-ed")
CURVES = ("x25519", "x448", "secp256r1", "secp384r1", "secp521r1")
FINITE_FIELDS = ("ffdhe2048", "ffdhe3072")

ECDHE_RSA = Suite("ECDHE_RSA", "AES_128_GCM", "SHA256")
ECDHE_ECDSA = Suite("ECDHE_ECDSA", "AES_256_GCM", "SHA384")
DHE_RSA = Suite("DHE_RSA", "AES_128_GCM", "SHA256")


def cell(role: Role, peer: str, suite: Suite) -> Cell:
    """The plain cell of a suite: the usual certificate and group for it."""
    return Cell(role, peer, suite, USUAL_CERTIFICATES[suite.authentication], USUAL_GROUPS.get(suite.key_exchange, ""))


def wanted() -> Iterator[Cell]:
    """Everything that we would like to run, holes included."""
    pairs: list[tuple[Role, str]] = [("client", peer) for peer in CLIENT_PEERS]
    pairs += [("server", peer) for peer in SERVER_PEERS]
    for role, peer in pairs:
        for suite in SUITES:
            plain = cell(role, peer, suite)
            yield plain
            if suite.is_cbc:
                yield replace(plain, encrypt_then_mac=False)
        yield from features(role, peer)


def features(role: Role, peer: str) -> Iterator[Cell]:
    """Groups, certificate kinds, client authentication and ALPN, each with one suite."""
    ecdhe, dhe, ecdsa = (cell(role, peer, suite) for suite in (ECDHE_RSA, DHE_RSA, ECDHE_ECDSA))
    yield from (replace(ecdhe, group=curve) for curve in CURVES if curve != ecdhe.group)
    yield from (replace(dhe, group=group) for group in FINITE_FIELDS if group != dhe.group)
    yield replace(ecdsa, certificate="srv-ec384", group="secp384r1")
    yield replace(ecdsa, certificate="srv-ed", group="x25519")
    yield replace(ecdhe, certificate="srv-pss")
    for name in CLIENT_CERTIFICATES:
        yield replace(ecdhe, client_certificate=name, group="secp256r1" if name == "cli-ec" else ecdhe.group)
        yield replace(cell(role, peer, Suite("RSA", "AES_128_GCM", "SHA256")), client_certificate=name)
    yield replace(ecdhe, alpn="http/1.1")


def hole(cell: Cell) -> str:
    """Why a cell cannot be run; "" when it can."""
    return {"go": go_hole, "curl": curl_hole, "chromium": chromium_hole}.get(cell.peer, library_hole)(cell)


def library_hole(cell: Cell) -> str:
    """What OpenSSL and GnuTLS cannot do."""
    if cell.peer == "openssl" and cell.role == "server" and cell.group == "ffdhe3072":
        return "OpenSSL's client has no RFC 7919 in TLS 1.2: the group is ours to choose, and ours is ffdhe2048"
    return ""


def go_hole(cell: Cell) -> str:
    """What Go's crypto/tls cannot do."""
    if cell.suite.key_exchange == "DHE_RSA":
        return "Go has no DHE"
    if "CCM" in cell.suite.cipher:
        return "Go has no CCM"
    if (cell.suite.cipher, cell.suite.hash) in {("AES_256_CBC", "SHA256"), ("AES_256_CBC", "SHA384")}:
        return "Go has AES-256-CBC with SHA-1 only"
    if cell.suite.is_cbc and cell.encrypt_then_mac:
        return "Go has no encrypt-then-MAC; its cells without are run"
    if cell.group == "x448":
        return "Go has no X448"
    if cell.certificate == "srv-pss":
        return "Go has no RSA-PSS keys"
    return ""


def curl_hole(cell: Cell) -> str:
    """What is no news from curl: it is OpenSSL inside."""
    if cell.suite.is_cbc and not cell.encrypt_then_mac:
        return "curl has no switch for encrypt-then-MAC"
    return library_hole(replace(cell, peer="openssl"))


def chromium_hole(cell: Cell) -> str:
    """What a browser does not do: it has no switches for suites, and few of them."""
    name = cell.suite.name
    if cell.suite.key_exchange == "DHE_RSA" or "CCM" in name:
        return "Chromium has neither DHE nor CCM"
    if cell.suite.is_cbc and (cell.suite.hash != "SHA" or cell.encrypt_then_mac):
        return "Chromium has CBC with SHA-1 only, without encrypt-then-MAC"
    if cell.suite.is_cbc and cell.suite.key_exchange == "ECDHE_ECDSA":
        return "Chromium has no CBC with ECDSA"
    if cell.group == "x448" or cell.group == "secp521r1":
        return "Chromium has neither X448 nor P-521"
    if cell.certificate in ("srv-ed", "srv-pss"):
        return "Chromium takes neither Ed25519 nor RSA-PSS keys"
    if cell.client_certificate:
        return "Chromium asks a person which certificate to send; headless it sends none"
    return ""


def plan() -> tuple[list[Cell], list[Hole]]:
    """The cells to run and the holes."""
    cells: list[Cell] = []
    holes: list[Hole] = []
    for one in wanted():
        reason = hole(one)
        if reason:
            holes.append(Hole(one, reason))
        else:
            cells.append(one)
    return cells, holes


PLANNED, HOLES = plan()


def planned(role: Role, *, browser: bool = False) -> list[Cell]:
    """The cells of one role; the browser's apart from those of programs with a command line."""
    return [one for one in PLANNED if one.role == role and (one.peer == "chromium") == browser]
