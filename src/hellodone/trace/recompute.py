"""For each derived value of a handshake a short program that computes it again from its inputs.

The programs hold the values of one trace, so they can be pasted and run anywhere: Python with hashlib, hmac and the
cryptography package, and a shell form where the openssl program can do it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hellodone.errors import ConfigurationError
from hellodone.trace import recompute_python as python
from hellodone.trace import recompute_shell as shell
from hellodone.trace.courses import Course, courses
from hellodone.trace.given import Told, told
from hellodone.trace.model import Party, Trace
from hellodone.trace.recompute_case import KEY_PARTS, Case
from hellodone.trace.traits import Trait

__all__ = ["RECOMPUTABLE", "Snippet", "computed_in", "recompute"]

HASHLIB, HMAC = "import hashlib", "import hmac"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A program in Python, the same for a shell (None where openssl cannot do it), and the digits that both print."""

    python: str = field(repr=False)
    shell: str | None = field(repr=False)
    expected: str = field(repr=False)


def recompute(
    trace: Trace,
    fact_name: str,
    party: Party,
    connection: int = 0,
    *,
    handshake: int | None = None,
    server_key: str = "",
) -> Snippet:
    """How this party computes the fact, in that connection's first handshake that has it, or in ``handshake``.

    The trace must show its secrets (``reveal``). ``server_key`` is the server's private key in PEM: no trace holds it.
    Raises ConfigurationError for a fact that is not computed there, or whose inputs the trace does not have or show.
    """
    if fact_name not in _MAKERS:
        raise ConfigurationError(f"{fact_name!r} is not computed from other values")
    there = courses(trace)
    known = told(trace, there)
    names = KEY_PARTS if fact_name == "key_block" else (fact_name,)
    having = {index for _, index, fact in known if fact in names}
    for course in there.all:
        if course.connection == connection and course.index in having and handshake in (None, course.index):
            return computed_in(course, known, fact_name, party, server_key)
    raise ConfigurationError(f"the trace does not tell of {fact_name} in that handshake")


def computed_in(course: Course, known: Told, fact_name: str, party: Party, server_key: str = "") -> Snippet:
    """How this party computes the fact, one of ``RECOMPUTABLE``, in that handshake; ``known`` is what the trace tells.

    Raises ConfigurationError for a fact that is not computed there, or whose inputs the trace does not have or show.
    """
    return _MAKERS[fact_name](Case(known, course, fact_name, party, server_key))


# --- key exchange


def _shared_secret(case: Case) -> Snippet:
    """premaster_secret, or what a pre-shared key is joined with."""
    if case.name == "premaster_secret" and case.has(Trait.psk):
        return _joined(case)
    if case.has(Trait.alone):
        return _zeros(case)
    if case.has(Trait.rsa):
        return _decrypted(case)
    if case.has(Trait.elliptic):
        return _ecdh(case)
    if case.has(Trait.finite_field):
        return _dh(case)
    raise ConfigurationError("a resumed session has no premaster secret: the master secret is remembered")


def _ecdh(case: Case) -> Snippet:
    """RFC 8422, 5.10."""
    private, public = (case.value(name) for name in case.exchange())
    imports, lines = python.shared_secret(case.curve, private, public)
    return Snippet(
        python.program(imports, *lines, "print(shared_secret.hex())"),
        shell.ecdh(case.curve, private, public),
        case.expected(),
    )


def _dh(case: Case) -> Snippet:
    """RFC 5246, 8.1.2: leading zeros are stripped."""
    private, public = (case.value(name) for name in case.exchange())
    lines = (
        *(python.number("p", case.prime), python.number("private_key", private), python.number("peer_share", public)),
        "shared_secret = pow(peer_share, private_key, p)",
        'print(shared_secret.to_bytes((shared_secret.bit_length() + 7) // 8, "big").hex())',
    )
    return Snippet(python.program((), *lines), None, case.expected())


def _decrypted(case: Case) -> Snippet:
    """RFC 5246, 7.4.7.1. The client draws the secret; only the server, or who has its key, computes it."""
    if case.party is Party.client:
        raise ConfigurationError(f"the client chooses {case.name}; it is computed by who has the server's key")
    if not case.server_key:
        raise ConfigurationError(f"{case.name} is decrypted with the server's private key, which is in no trace")
    encrypted = case.value("encrypted_premaster_secret")
    lines = (
        f'server_key = b"""{case.server_key.strip()}\n"""',
        python.octets("encrypted_premaster_secret", encrypted),
        "key = serialization.load_pem_private_key(server_key, password=None)",
        "print(key.decrypt(encrypted_premaster_secret, padding.PKCS1v15()).hex())",
    )
    imports = (
        "from cryptography.hazmat.primitives import serialization",
        "from cryptography.hazmat.primitives.asymmetric import padding",
    )
    return Snippet(python.program(imports, *lines), shell.rsa_decrypt(case.server_key, encrypted), case.expected())


def _joined(case: Case) -> Snippet:
    """RFC 4279, 2."""
    lines = (
        python.octets("other_secret", case.value("other_secret")),
        python.octets("psk", case.value("psk")),
        'lengths = [len(part).to_bytes(2, "big") for part in (other_secret, psk)]',
        "premaster_secret = lengths[0] + other_secret + lengths[1] + psk",
        "print(premaster_secret.hex())",
    )
    return Snippet(python.program((), *lines), None, case.expected())


def _zeros(case: Case) -> Snippet:
    """RFC 4279, 2: as many zero bytes as the key has."""
    lines = (python.octets("psk", case.value("psk")), "print(bytes(len(psk)).hex())")
    return Snippet(python.program((), *lines), None, case.expected())


def _share(case: Case) -> Snippet:
    """A public value from its private one."""
    owner = case.name.partition("_")[0]
    if owner != case.party:
        raise ConfigurationError(f"{case.name} is computed by the {owner}, the other side receives it")
    private = case.value(f"{owner}_ephemeral_private")
    if case.has(Trait.elliptic):
        imports, lines = python.share(case.curve, private)
        return Snippet(python.program(imports, *lines, "print(share.hex())"), None, case.expected())
    lines = [
        *(python.number("p", case.prime), python.number("private_key", private)),
        f"share = pow({case.generator}, private_key, p)",
        'print(share.to_bytes((p.bit_length() + 7) // 8, "big").hex())',
    ]
    return Snippet(python.program((), *lines), None, case.expected())


# --- hashes and the PRF


def _hash(case: Case) -> Snippet:
    """RFC 7627, 3; RFC 5246, 7.4.8."""
    messages = case.covered(case.name)
    lines = (
        python.messages(messages),
        f"print(hashlib.{case.prf_hash}(handshake_messages).hexdigest())",
    )
    joined = b"".join(raw for _, raw in messages)
    return Snippet(python.program((HASHLIB,), *lines), shell.digest(case.prf_hash, joined), case.expected())


def _master_secret(case: Case) -> Snippet:
    """RFC 7627, 4 or RFC 5246, 8.1."""
    if not case.has(Trait.full):
        raise ConfigurationError("a resumed session has its master secret from the full handshake")
    if case.has(Trait.extended):
        return _prf(case, "premaster_secret", "extended master secret", ("session_hash",), 48)
    return _prf(case, "premaster_secret", "master secret", ("client_random", "server_random"), 48)


def _keys(case: Case) -> Snippet:
    """The key block, or the part that the fact is (RFC 5246, 6.3)."""
    suite = case.suite
    sizes = (suite.mac.length, suite.cipher.key_length, suite.cipher.fixed_iv_length)
    lengths = dict(zip(KEY_PARTS, (size for size in sizes for _ in range(2)), strict=True))
    total = sum(lengths.values())
    if case.name == "key_block":
        part = (0, total)
    else:
        before = sum(lengths[name] for name in KEY_PARTS[: KEY_PARTS.index(case.name)])
        part = (before, before + lengths[case.name])
    return _prf(
        case,
        "master_secret",
        "key expansion",
        ("server_random", "client_random"),
        total,
        part,
    )


def _prf(
    case: Case,
    secret_name: str,
    label: str,
    seeds: tuple[str, ...],
    length: int,
    part: tuple[int, int] | None = None,
) -> Snippet:
    """``PRF(secret, label, seeds)`` or a part of it, from one octet to before another."""
    start, end = part or (0, length)
    secret = case.value(secret_name)
    values = [(name, case.value(name)) for name in seeds]
    cut = "" if (start, end) == (0, length) else f"[{start}:{end}]"
    lines = (
        python.prf_of(case.prf_hash),
        python.octets(secret_name, secret),
        *(python.octets(name, value) for name, value in values),
        f'print(prf({secret_name}, b"{label}", {" + ".join(seeds)}, {length}){cut}.hex())',
    )
    seed = "".join(value for _, value in values)
    form = shell.prf(case.prf_hash, secret, label, seed, length, (start, end))
    return Snippet(python.program((HMAC,), *lines), form, case.expected())


def _verify_data(case: Case) -> Snippet:
    """RFC 5246, 7.4.9."""
    sender = case.name.partition("_")[0]
    messages = case.covered(case.name)
    secret = case.value("master_secret")
    lines = (
        python.prf_of(case.prf_hash),
        python.octets("master_secret", secret),
        python.messages(messages),
        f"handshake_hash = hashlib.{case.prf_hash}(handshake_messages).digest()",
        f'print(prf(master_secret, b"{sender} finished", handshake_hash, 12).hex())',
    )
    joined = b"".join(raw for _, raw in messages)
    form = shell.verify_data(case.prf_hash, secret, f"{sender} finished", joined)
    return Snippet(python.program((HASHLIB, HMAC), *lines), form, case.expected())


_MAKERS: Mapping[str, Callable[[Case], Snippet]] = MappingProxyType(
    {
        "client_share": _share,
        "server_share": _share,
        "other_secret": _shared_secret,
        "premaster_secret": _shared_secret,
        "session_hash": _hash,
        "master_secret": _master_secret,
        "key_block": _keys,
        **dict.fromkeys(KEY_PARTS, _keys),
        "client_verify_data": _verify_data,
        "server_verify_data": _verify_data,
    }
)
RECOMPUTABLE = tuple(_MAKERS)
"""The facts that ``recompute`` knows, in the order in which a handshake comes to them."""
