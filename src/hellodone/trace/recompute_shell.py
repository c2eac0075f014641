"""The same with the openssl program (3.0 or later) in a POSIX shell. Every form prints hexadecimal digits."""

from __future__ import annotations

import base64
from textwrap import wrap

from hellodone.trace.recompute_keys import Curve, private_pem, public_pem

_TO_HEX = "od -An -v -tx1 | tr -d ' \\n'"


def prf(hash_name: str, secret: str, label: str, seed: str, length: int, part: tuple[int, int]) -> str:
    """``openssl kdf TLS1-PRF``; of its ``length`` octets those from one to before another."""
    whole = _prf(hash_name, secret, label, f"hexseed:{seed}", length)
    start, end = part
    return f"{whole}\n" if end - start == length else f"{whole} | cut -c {2 * start + 1}-{2 * end}\n"


def digest(hash_name: str, data: bytes) -> str:
    """``openssl dgst``."""
    return _in_folder(_file("messages", data), _digest(hash_name))


def verify_data(hash_name: str, secret: str, label: str, data: bytes) -> str:
    """The digest, and the PRF over it."""
    return _in_folder(
        _file("messages", data),
        f"handshake_hash=$({_digest(hash_name)})",
        _prf(hash_name, secret, label, '"hexseed:$handshake_hash"', 12),
    )


def ecdh(curve: Curve, private: str, public: str) -> str:
    """``openssl pkeyutl -derive``, with both keys in files."""
    return _in_folder(
        _text("private.pem", private_pem(curve, bytes.fromhex(private))),
        _text("peer.pem", public_pem(curve, bytes.fromhex(public))),
        'openssl pkeyutl -derive -inkey "$folder/private.pem" -peerkey "$folder/peer.pem" \\',
        f"  | {_TO_HEX}",
    )


def rsa_decrypt(key_pem: str, encrypted: str) -> str:
    """``openssl pkeyutl -decrypt``, with the key in a file."""
    return _in_folder(
        _text("server.key", key_pem.strip()),
        _file("encrypted", bytes.fromhex(encrypted)),
        'openssl pkeyutl -decrypt -inkey "$folder/server.key" -in "$folder/encrypted" \\',
        f"  -pkeyopt rsa_padding_mode:pkcs1 | {_TO_HEX}",
    )


def _prf(hash_name: str, secret: str, label: str, hexseed: str, length: int) -> str:
    lines = (
        f"openssl kdf -keylen {length} -kdfopt digest:{hash_name.upper()}",
        f"-kdfopt hexsecret:{secret}",
        f"-kdfopt 'seed:{label}'",
        f"-kdfopt {hexseed}",
        "TLS1-PRF | tr -d ':\\n' | tr A-F a-f",
    )
    return " \\\n  ".join(lines)


def _digest(hash_name: str) -> str:
    return f"openssl dgst -{hash_name} -r \"$folder/messages\" | cut -d ' ' -f 1"


def _in_folder(*lines: str) -> str:
    return "\n".join(("folder=$(mktemp -d)", *lines, 'rm -r "$folder"', ""))


def _file(name: str, data: bytes) -> str:
    """A file of octets, carried in base64."""
    encoded = "\n".join(wrap(base64.b64encode(data).decode(), 64))
    return f'openssl base64 -d > "$folder/{name}" << END\n{encoded}\nEND'


def _text(name: str, text: str) -> str:
    return f'cat > "$folder/{name}" << END\n{text}\nEND'
