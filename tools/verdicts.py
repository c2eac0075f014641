"""Every fault of the laboratory CA shown to hellodone, OpenSSL and GnuTLS: what each of them makes of it.

A server's certificate is shown over a connection, to our client, ``openssl s_client`` and ``gnutls-cli``; a client's to
our server over a connection, to ``openssl verify`` and ``certtool --verify`` as a file.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from hellodone.config import ClientConfig, ServerConfig
from hellodone.errors import AlertDescription, FatalAlert, TlsError
from hellodone.pki.identity import Identity
from hellodone.pki.lab_faults import FAULTS, Fault, issue_faulty, order_for
from hellodone.pki.lab_folder import crl_pem
from hellodone.pki.laboratory import LabAuthority, private_key_pem
from hellodone.pki.revocation import Revocation
from hellodone.pki.rules import Role
from hellodone.transport.client import connect
from hellodone.transport.listener import TlsListener

NAME = "localhost"
CLIENT = "alice"
SECONDS = 30
WHY = {
    "name-in-subject": (
        "OpenSSL and GnuTLS still fall back to the common name when a certificate has no DNS name in subjectAltName. "
        "RFC 9525, 6.3 no longer has that, browsers dropped it in 2017: hellodone refuses."
    ),
    "wrong-usage": (
        "The handshake is signed with a key whose usage is nonRepudiation alone. RFC 5246, 7.4.2 wants "
        "digitalSignature; OpenSSL finds the purpose unsuitable; GnuTLS verifies the path and "
        "does not ask for the usage here."
    ),
    "small-key": (
        "RSA of 1024 bits is below the minimum of hellodone's policies `modern` and `compatible` and of OpenSSL's "
        "security level 2; GnuTLS, under its priority NORMAL, takes it."
    ),
    "small-intermediate-key": "As with small-key, for the key of an issuer.",
    "must-staple": (
        "`openssl s_client` asks for the staple and does not mind that there is none: OpenSSL leaves RFC 7633 to "
        "the application. hellodone and GnuTLS refuse."
    ),
    "revoked-intermediate": (
        "OpenSSL's `-crl_check` looks for a CRL about the peer's certificate itself, finds none of the CA in between, "
        "and refuses for that. GnuTLS and, with `Revocation.soft`, hellodone find the CA in the list of its root."
    ),
}


@dataclass(frozen=True)
class Verdict:
    """Accepted when ``words`` are empty, else refused with them."""

    words: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the certificate would do."""
        return not self.words


@dataclass(frozen=True)
class Row:
    """What the three say of one fault."""

    fault: Fault
    role: Role
    hellodone: Verdict
    openssl: Verdict
    gnutls: Verdict

    @property
    def agreed(self) -> bool:
        """Whether all three accept or all three refuse."""
        return self.hellodone.accepted == self.openssl.accepted == self.gnutls.accepted


@dataclass(frozen=True)
class Careless(Identity):
    """A peer that shows its certificate whatever the certificate says of its own use."""

    @property
    def key_usage(self) -> None:
        """No limit."""
        return


@dataclass(frozen=True)
class Stage:
    """A fault staged: the root, who shows the certificate, and the files that other programs need."""

    fault: Fault
    root: LabAuthority
    shown: Identity
    folder: Path

    @property
    def crl_files(self) -> tuple[Path, ...]:
        """Lists of what is revoked, for faults that need them."""
        return (self.folder / "crl.pem",) if self.fault.revokes is not None else ()


def stage(name: str, role: Role, folder: Path) -> Stage:
    """Issue the certificate and write the files: root.pem, chain.pem, leaf.pem, above.pem, key.pem, crl.pem."""
    root = LabAuthority.create("rsa" if name == "md5" else "ec", at=datetime.now(UTC), name="Root")
    made = issue_faulty(root, order_for(root, role, (NAME if role == "server" else CLIENT,)), name)
    leaf, above = (replace(made, chain=made.chain[:1]), made.chain[1:])
    (folder / "root.pem").write_bytes(root.pem)
    (folder / "chain.pem").write_bytes(made.chain_pem())
    (folder / "leaf.pem").write_bytes(leaf.chain_pem())
    (folder / "above.pem").write_bytes(replace(made, chain=above).chain_pem() if above else b"")
    (folder / "key.pem").write_bytes(private_key_pem(made))
    (folder / "crl.pem").write_bytes(crl_pem(root.crl()))
    return Stage(FAULTS[name], root, Careless(made.chain, made.signer), folder)


def judge_server(staged: Stage) -> Row:
    """The three as clients of a server with this certificate."""
    with _serving(ServerConfig(identity=staged.shown)) as listener:
        port = listener.address[1]
        return Row(
            staged.fault, "server", _our_client(staged, port), _s_client(staged, port), _gnutls_cli(staged, port)
        )


def judge_client(staged: Stage) -> Row:
    """Our server and the two other verifiers about a client with this certificate."""
    return Row(staged.fault, "client", _our_server(staged), _openssl_verify(staged), _certtool(staged))


def require_explained(rows: Iterable[Row]) -> None:
    """Every difference has its reason. Raises AssertionError."""
    unexplained = {row.fault.name for row in rows if not row.agreed} - set(WHY)
    assert not unexplained, f"the verdicts on {unexplained} differ, and tools/verdicts.py does not say why"


# --- as clients


@contextlib.contextmanager
def _serving(config: ServerConfig, faults: list[TlsError] | None = None) -> Iterator[TlsListener]:
    with TlsListener(("127.0.0.1", 0), config) as listener:
        thread = threading.Thread(target=_serve, args=(listener, faults), daemon=True)
        thread.start()
        yield listener
    thread.join(SECONDS)


def _serve(listener: TlsListener, faults: list[TlsError] | None) -> None:
    while True:
        try:
            tls = listener.accept()
        except OSError:
            return
        try:
            tls.do_handshake(SECONDS)
        except TlsError as fault:
            if faults is not None:
                faults.append(fault)
        except OSError:
            pass
        tls.close(linger=0)


def _revocation(staged: Stage) -> Revocation | None:
    """The root's list for faults that need it, as the others have it."""
    return Revocation.soft(crls=[staged.root.crl()], ask=False) if staged.fault.revokes is not None else None


def _our_client(staged: Stage, port: int) -> Verdict:
    config = ClientConfig(trust=staged.root.trust, revocation=_revocation(staged))
    try:
        connect(("127.0.0.1", port), config, server_name=NAME, timeout=SECONDS).close(linger=0)
    except TlsError as fault:
        return _ours(fault)
    return Verdict()


def _ours(fault: TlsError) -> Verdict:
    assert isinstance(fault, FatalAlert), fault
    assert fault.sender == "us", fault
    assert fault.alert is not None, fault
    return Verdict(f"{AlertDescription(fault.alert).name}: {fault.reason}")


def _s_client(staged: Stage, port: int) -> Verdict:
    crl = [word for path in staged.crl_files for word in ("-crl_check", "-CRL", str(path))]
    words = ("-connect", f"127.0.0.1:{port}", "-servername", NAME, "-verify_hostname", NAME, "-tls1_2", "-status")
    trust = ("-CAfile", str(staged.folder / "root.pem"), "-verify", "9", "-verify_return_error")
    done = _run("openssl", "s_client", *words, *trust, *crl)
    found = re.findall(r"verify error:num=\d+:(.*)", done)
    if not found and "error:" in done and "Verify return code: 0" not in done:
        found = re.findall(r"error:[^:]*:[^:]*:[^:]*:([^:]*):", done)
    return Verdict(found[0].strip() if found else "")


def _gnutls_cli(staged: Stage, port: int) -> Verdict:
    crl = [word for path in staged.crl_files for word in ("--x509crlfile", str(path))]
    words = ("--port", str(port), "127.0.0.1", "--sni-hostname", NAME, "--verify-hostname", NAME)
    trust = ("--x509cafile", str(staged.folder / "root.pem"), "--priority", "NORMAL:-VERS-TLS1.3")
    return _gnutls_says(_run("gnutls-cli", *words, *trust, *crl), r"- Status: (.*)")


# --- as servers


def _our_server(staged: Stage) -> Verdict:
    identity = staged.root.issue_server((NAME,), "ec")
    config = ServerConfig(
        identity=identity,
        client_trust=staged.root.trust,
        client_auth="required",
        revocation=_revocation(staged),
    )
    faults: list[TlsError] = []
    own = (
        "-cert",
        staged.folder / "leaf.pem",
        "-key",
        staged.folder / "key.pem",
        "-cert_chain",
        staged.folder / "above.pem",
    )
    with _serving(config, faults) as listener:
        where = ("-connect", f"127.0.0.1:{listener.address[1]}", "-tls1_2", "-cipher", "DEFAULT:@SECLEVEL=0")
        given = own if staged.shown.chain[1:] else own[:4]
        _run("openssl", "s_client", *where, *map(str, given))
    return _ours(faults[0]) if faults else Verdict()


def _openssl_verify(staged: Stage) -> Verdict:
    crl = [word for path in staged.crl_files for word in ("-crl_check", "-CRLfile", str(path))]
    above = ("-untrusted", str(staged.folder / "above.pem")) if staged.shown.chain[1:] else ()
    trust = ("-CAfile", str(staged.folder / "root.pem"), "-purpose", "sslclient", "-auth_level", "2")
    done = _run("openssl", "verify", *trust, *crl, *above, str(staged.folder / "leaf.pem"))
    found = re.findall(r"error \d+ at \d+ depth lookup: (.*)", done)
    return Verdict(found[0].strip() if found else "")


def _certtool(staged: Stage) -> Verdict:
    crl = [word for path in staged.crl_files for word in ("--load-crl", str(path))]
    trust = ("--load-ca-certificate", str(staged.folder / "root.pem"), "--verify-purpose", "1.3.6.1.5.5.7.3.2")
    done = _run("certtool", "--verify", "--infile", str(staged.folder / "chain.pem"), *trust, *crl)
    return _gnutls_says(done, r"Chain verification output: (.*)")


def _gnutls_says(done: str, status: str) -> Verdict:
    found = re.findall(status, done)
    assert found, done
    words = re.sub(r"^(Not verified\.\s*)?The certificate is NOT trusted\.\s*", "", found[-1].strip())
    return Verdict() if "is trusted" in words or words.startswith("Verified") else Verdict(words.strip())


def _run(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - programs by name, as every test does
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return done.stdout + done.stderr
