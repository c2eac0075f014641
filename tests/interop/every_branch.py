"""Which peers show which key exchange in which branch: what docs/handshakes.md has a field for.

Client authentication has its cells in ``cells`` and ``rare_cells``; the rest is shown by ``test_every_branch``.
"""

from dataclasses import dataclass, replace

from tests.interop.cells import Cell, Role, cell
from tests.interop.rare_cells import ROLES
from tests.interop.suites import STATIC, Suite

TIMES = " × "  # between a key exchange and a branch, in the name of what is shown
SIGNED = "client authentication"
FIXED = "fixed client key"
BY_ID, BY_TICKET = "resumption by session ID", "resumption by ticket"
BY_CLIENT, BY_SERVER = "renegotiation begun by the client", "renegotiation begun by the server"
SUPPLEMENTAL = "SupplementalData"
BRANCHES = ("alone", SIGNED, FIXED, BY_ID, BY_TICKET, BY_CLIENT, BY_SERVER, SUPPLEMENTAL)

EPHEMERAL = ("ECDHE_ECDSA", "ECDHE_RSA", "DHE_RSA", "DHE_DSS")
CERTIFIED = (*EPHEMERAL, "RSA", "ECDH_ECDSA", "ECDH_RSA", "DH_RSA", "DH_DSS")
WITHOUT_STATIC = (*EPHEMERAL, "RSA", "ECDH_anon", "DH_anon", "PSK", "DHE_PSK", "RSA_PSK", "ECDHE_PSK")
KEY_EXCHANGES = (*CERTIFIED, *WITHOUT_STATIC[5:])
BY_GNUTLS_CLI = tuple(kx for kx in WITHOUT_STATIC if kx not in ("DHE_PSK", "ECDHE_PSK"))  # at which it crashes
BY_MBEDTLS = ("ECDH_ECDSA", "ECDH_RSA", "DHE_PSK", "ECDHE_PSK")


@dataclass(frozen=True, slots=True)
class Shown:
    """One branch of one key exchange, with one peer."""

    role: Role
    peer: str
    key_exchange: str
    branch: str

    def __str__(self) -> str:
        return f"{self.role}/{self.peer}/{self.feature}"

    @property
    def feature(self) -> str:
        """Under this name it goes into the report."""
        return f"{self.key_exchange}{TIMES}{self.branch}"

    @property
    def cell(self) -> Cell:
        """What is negotiated."""
        cbc = self.key_exchange in ("ECDH_anon", "ECDHE_PSK")
        suite = Suite(self.key_exchange, *(("AES_128_CBC", "SHA") if cbc else ("AES_128_GCM", "SHA256")))
        plain = cell(self.role, self.peer, suite)
        certificate = "cli-rsa" if self.branch == SIGNED else ""
        group = "secp256r1" if self.key_exchange in ("ECDHE_RSA", "ECDHE_ECDSA") else plain.group
        return replace(plain, client_certificate=certificate, group=group)


def branch_of(one: Cell) -> str:
    """The branch that a cell of the matrices is in."""
    if not one.client_certificate:
        return "alone"
    return FIXED if one.client_certificate.startswith(("cli-dh", "cli-ecdh")) else SIGNED


def _shown(role: Role, peer: str, branch: str, exchanges: tuple[str, ...]) -> list[Shown]:
    return [Shown(role, peer, exchange, branch) for exchange in exchanges]


PLAN = [
    *(
        one
        for role in ROLES
        for branch in (BY_ID, BY_TICKET)
        for one in (*_shown(role, "openssl", branch, WITHOUT_STATIC), *_shown(role, "node8", branch, STATIC))
    ),
    *_shown("client", "openssl", BY_CLIENT, WITHOUT_STATIC),
    *_shown("client", "node8", BY_CLIENT, STATIC),
    *_shown("client", "gnutls", BY_SERVER, WITHOUT_STATIC),
    *_shown("client", "node8", BY_SERVER, STATIC),
    *_shown("server", "gnutls", BY_CLIENT, BY_GNUTLS_CLI),
    *_shown("server", "mbedtls", BY_CLIENT, BY_MBEDTLS),
    *_shown("server", "openssl", BY_SERVER, WITHOUT_STATIC),
    *_shown("server", "node8", BY_SERVER, STATIC),
    *_shown("client", "openssl", SIGNED, ("ECDHE_ECDSA", "DHE_RSA")),
    *_shown("server", "openssl", SIGNED, ("ECDHE_ECDSA", "DHE_RSA")),
    *_shown("client", "gnutls", SUPPLEMENTAL, WITHOUT_STATIC),
    *_shown("server", "gnutls", SUPPLEMENTAL, WITHOUT_STATIC),
]
