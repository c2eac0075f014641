"""Python that recomputes values of TLS 1.2: to be read, so everything stands in it, and nothing more than is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from hellodone.trace.recompute_keys import Curve

_WIDTH = 96  # hexadecimal digits a line
_PRF = '''

def prf(secret, label, seed, length):
    """The pseudorandom function with {HASH} (RFC 5246, 5)."""
    a = seed = label + seed
    out = b""
    while len(out) < length:
        a = hmac.digest(secret, a, "{hash}")  # A(i) = HMAC(secret, A(i-1))
        out += hmac.digest(secret, a + seed, "{hash}")  # P_hash
    return out[:length]

'''


def program(imports: Iterable[str], *body: str) -> str:
    """The lines of a program; a part of the body may have several."""
    plain = sorted(line for line in imports if line.startswith("import"))
    others = sorted(line for line in imports if not line.startswith("import"))
    head = "\n".join(plain) + ("\n\n" if plain and others else "") + "\n".join(others)
    return "\n".join((head, *(() if body[0].startswith("\n") else ("",)), *body)) + "\n"


def octets(name: str, value: str) -> str:
    """``name = bytes.fromhex("...")``, over several lines where it is long."""
    if len(value) <= _WIDTH:
        return f'{name} = bytes.fromhex("{value}")'
    return f"{name} = bytes.fromhex(\n{_lines(value)}\n)"


def number(name: str, value: str) -> str:
    """``name = int("...", 16)``, likewise."""
    if len(value) <= _WIDTH:
        return f'{name} = int("{value}", 16)'
    return f"{name} = int(\n{_lines(value)},\n    16,\n)"


def messages(parts: Sequence[tuple[str, bytes]]) -> str:
    """``handshake_messages``: one after the other, each under its name."""
    lines = ["handshake_messages = bytes.fromhex("]
    for name, raw in parts:
        comment = "".join(filter(str.isprintable, name))  # a trace may come from anybody
        lines += [f"    # {comment}", _lines(raw.hex())]
    return "\n".join((*lines, ")"))


def _lines(digits: str) -> str:
    return "\n".join(f'    "{line}"' for line in wrap(digits, _WIDTH))


def prf_of(hash_name: str) -> str:
    """The function ``prf``, written out."""
    return _PRF.format(hash=hash_name, HASH=hash_name.upper().replace("SHA", "SHA-")).rstrip("\n") + "\n\n"


def shared_secret(curve: Curve, private: str, public: str) -> tuple[list[str], list[str]]:
    """Imports and lines for ECDH (RFC 8422, 5.10); the result is ``shared_secret``."""
    module = f"from cryptography.hazmat.primitives.asymmetric import {curve.module}"
    given = [octets("private_key", private), octets("peer_share", public)]
    if curve.coordinate:
        return [module], [
            *given,
            f"key = {curve.module}.{curve.name}PrivateKey.from_private_bytes(private_key)",
            f"peer = {curve.module}.{curve.name}PublicKey.from_public_bytes(peer_share)",
            "shared_secret = key.exchange(peer)",
        ]
    return [module], [
        *given,
        f"curve = {curve.module}.{curve.name}()",
        'key = ec.derive_private_key(int.from_bytes(private_key, "big"), curve)',
        "peer = ec.EllipticCurvePublicKey.from_encoded_point(curve, peer_share)",
        "shared_secret = key.exchange(ec.ECDH(), peer)",
    ]


def share(curve: Curve, private: str) -> tuple[list[str], list[str]]:
    """Imports and lines for the public value that belongs to a private one; the result is ``share``."""
    module = f"from cryptography.hazmat.primitives.asymmetric import {curve.module}"
    given = octets("private_key", private)
    if curve.coordinate:
        return [module], [
            given,
            f"key = {curve.module}.{curve.name}PrivateKey.from_private_bytes(private_key)",
            "share = key.public_key().public_bytes_raw()",
        ]
    return [module, "from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat"], [
        given,
        f'key = ec.derive_private_key(int.from_bytes(private_key, "big"), ec.{curve.name}())',
        "share = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)",
    ]
