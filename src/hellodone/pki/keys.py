"""Private keys from files: PEM (PKCS#8, PKCS#1, SEC1, each also encrypted), DER and PKCS#12 (RFC 5958, 7292).

Every fault is one :class:`ConfigurationError` that names the source, what was seen and what was expected; no text of
the library is handed on and nothing of the key ever stands in a sentence.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, pkcs12
from cryptography.utils import CryptographyDeprecationWarning

from hellodone.crypto.errors import CryptoError
from hellodone.crypto.finite_field import StaticDHPrivateKey, static_dh_key
from hellodone.errors import ConfigurationError, system_reason
from hellodone.pki import dh_keys, pem
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.der import DerError
from hellodone.pki.text import counted

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

    PrivateKey = PrivateKeyTypes | StaticDHPrivateKey
    """Any private key that an identity may have: the library's, or our own of finite-field Diffie-Hellman."""

# Encrypted keys are read by the library, which then says that it will lose these groups: nothing here can act on it.
warnings.filterwarnings("ignore", "Diffie-Hellman over finite fields", CryptographyDeprecationWarning)

MAX_FILE = 16 * 1024 * 1024
_LEGACY_KEYS = frozenset({"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"})
_ENCRYPTED = "ENCRYPTED PRIVATE KEY"
_SEEN = {
    "CERTIFICATE": "a certificate",
    "X509 CERTIFICATE": "a certificate",
    "TRUSTED CERTIFICATE": "a certificate",
    "CERTIFICATE REQUEST": "a certificate request",
    "NEW CERTIFICATE REQUEST": "a certificate request",
    "PUBLIC KEY": "a public key",
    "RSA PUBLIC KEY": "a public key",
    "X509 CRL": "a revocation list",
    "EC PARAMETERS": "curve parameters",
    "DH PARAMETERS": "Diffie-Hellman parameters",
    "OPENSSH PRIVATE KEY": "a private key in OpenSSH's own format",
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a PKCS#12 file holds for us: a private key, its certificate first in ``chain``, the others as they stood."""

    private_key: PrivateKey = field(repr=False)
    chain: tuple[Certificate, ...]


def read_file(path: str | Path) -> bytes:
    """The contents of a configuration file of at most 16 MiB; :class:`ConfigurationError` when it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as fault:
        raise ConfigurationError(f"{path}: cannot be read: {system_reason(fault)}") from None
    if len(data) > MAX_FILE:
        raise ConfigurationError(f"{path}: larger than {MAX_FILE >> 20} MiB, which no key or certificate file is")
    return data


def read_private_key(path: str | Path, password: str | bytes | None = None) -> PrivateKey:
    """:func:`load_private_key` from a file, which every sentence then names."""
    return load_private_key(read_file(path), password, str(path))


def load_private_key(data: bytes, password: str | bytes | None = None, source: str = "the private key") -> PrivateKey:
    """The one private key in ``data``, whichever of the formats it has.

    ``password`` is used when the key is encrypted and ignored when it is not. Raises :class:`ConfigurationError`.
    """
    secret = _password(password)
    if pem.is_pem(data):
        return _from_pem(data, secret, source)
    if not data.strip():
        raise ConfigurationError(f"{source}: expected a private key, found an empty file")
    if data[:1] != b"\x30":
        raise ConfigurationError(f"{source}: expected a private key in PEM, DER or PKCS#12, found none of them")
    return _from_der(data, secret, source)


def load_pkcs12(data: bytes, password: str | bytes | None = None, source: str = "the PKCS#12 data") -> Bundle:
    """The private key and the certificates of a PKCS#12 file (RFC 7292). Raises :class:`ConfigurationError`."""
    secret = _password(password)
    if data[:1] != b"\x30":
        raise ConfigurationError(f"{source}: expected PKCS#12, which begins with a SEQUENCE; found something else")
    bundle = _pkcs12(data, secret, source)
    if bundle is None:
        hint = "its password is wrong or missing, or it is damaged" if secret is None else "wrong password, or damaged"
        raise ConfigurationError(f"{source}: cannot be opened as PKCS#12: {hint}")
    return _checked_bundle(bundle, source)


def _password(password: str | bytes | None) -> bytes | None:
    if isinstance(password, str):
        return password.encode() or None
    return password or None


# --- PEM


def _from_pem(data: bytes, password: bytes | None, source: str) -> PrivateKey:
    found = pem.blocks(data, source)
    keys = [block for block in found if block.label in _LEGACY_KEYS or block.label == _ENCRYPTED]
    if not keys:
        raise ConfigurationError(f"{source}: holds {_seen(found)} where a private key was expected")
    if len(keys) > 1:
        raise ConfigurationError(f"{source}: holds {len(keys)} private keys where one was expected")
    block = keys[0]
    if block.encrypted or block.label == _ENCRYPTED:
        return _decrypted(block, password, source)
    der = block.der(source)
    key = _dh_key(der, source)
    if key is not None:
        return key
    try:
        return load_der_private_key(der, None)
    except UnsupportedAlgorithm:
        raise _unsupported(source) from None
    except (ValueError, TypeError):
        raise ConfigurationError(f"{source}: the {block.label} block is damaged: no private key in it") from None


def _decrypted(block: pem.PemBlock, password: bytes | None, source: str) -> PrivateKey:
    if password is None:
        raise ConfigurationError(f"{source}: the private key is encrypted; give its password")
    try:
        key = load_pem_private_key(block.text, password)
    except UnsupportedAlgorithm:
        raise ConfigurationError(f"{source}: the private key is encrypted in a way not supported") from None
    except (ValueError, TypeError):
        raise ConfigurationError(
            f"{source}: the private key cannot be decrypted: the password is wrong or the file is damaged"
        ) from None
    return _opened(key, source)


def _seen(found: Sequence[pem.PemBlock]) -> str:
    kinds = [_SEEN.get(block.label, f"a block named {block.label}") for block in found]
    different = list(dict.fromkeys(kinds))
    if len(different) > 1:
        return " and ".join(different[:3])
    kind = different[0]
    return kind if len(kinds) == 1 or not kind.startswith("a ") else counted(len(kinds), kind[2:])


def _unsupported(source: str) -> ConfigurationError:
    return ConfigurationError(f"{source}: the private key is of a kind that is not supported")


# --- Diffie-Hellman


def _dh_key(pkcs8: bytes, source: str) -> StaticDHPrivateKey | None:
    """A finite-field Diffie-Hellman key by our own reading: the library refuses most groups that are in use."""
    try:
        return dh_keys.read_private_key(pkcs8)
    except (DerError, CryptoError) as fault:
        raise _unusable(source, fault) from None


def _opened(private_key: PrivateKeyTypes, source: str) -> PrivateKey:
    """A key that only the library could open, in the form that keys have here."""
    try:
        return static_dh_key(private_key) or private_key
    except CryptoError as fault:
        raise _unusable(source, fault) from None


def _unusable(source: str, fault: DerError | CryptoError) -> ConfigurationError:
    return ConfigurationError(f"{source}: the Diffie-Hellman private key is unusable: {fault}")


# --- DER and PKCS#12


def _from_der(data: bytes, password: bytes | None, source: str) -> PrivateKey:
    key = _dh_key(data, source)
    if key is not None:
        return key
    try:
        return load_der_private_key(data, None)
    except UnsupportedAlgorithm:
        raise _unsupported(source) from None
    except TypeError:
        return _decrypted_der(data, password, source)
    except ValueError:
        return _from_other_der(data, password, source)


def _decrypted_der(data: bytes, password: bytes | None, source: str) -> PrivateKey:
    if password is None:
        raise ConfigurationError(f"{source}: the private key is encrypted; give its password")
    try:
        key = load_der_private_key(data, password)
    except UnsupportedAlgorithm:
        raise ConfigurationError(f"{source}: the private key is encrypted in a way not supported") from None
    except (ValueError, TypeError):
        raise ConfigurationError(
            f"{source}: the private key cannot be decrypted: the password is wrong or the file is damaged"
        ) from None
    return _opened(key, source)


def _from_other_der(data: bytes, password: bytes | None, source: str) -> PrivateKey:
    if _is_certificate(data):
        raise ConfigurationError(f"{source}: holds a certificate where a private key was expected")
    bundle = _pkcs12(data, password, source)
    if bundle is not None:
        return _checked_bundle(bundle, source).private_key
    if _looks_like_pkcs12(data):
        hint = "give its password" if password is None else "the password is wrong or the file is damaged"
        raise ConfigurationError(f"{source}: is a PKCS#12 file that cannot be opened: {hint}")
    raise ConfigurationError(f"{source}: expected a private key in PEM, DER or PKCS#12; the DER in it is none")


def _is_certificate(data: bytes) -> bool:
    try:
        Certificate(data).require_readable()
    except CertificateError:
        return False
    return True


def _looks_like_pkcs12(data: bytes) -> bool:
    """A PFX begins with SEQUENCE, version 3 and a ContentInfo of PKCS#7 (RFC 7292, 4)."""
    return b"\x02\x01\x03\x30" in data[:16]


def _pkcs12(data: bytes, password: bytes | None, source: str) -> pkcs12.PKCS12KeyAndCertificates | None:
    """The opened file, or None when it is no PKCS#12 or not under this password."""
    # a file "without password" was written with an empty one or with none at all: two different keys
    for secret in [password] if password is not None else [None, b""]:
        try:
            return pkcs12.load_pkcs12(data, secret)
        except TypeError:  # opened, but the library hands out only keys that sign
            raise ConfigurationError(
                f"{source}: the PKCS#12 file holds a private key of a kind that is not read from such files; "
                "put it into a file of its own, in PEM or DER"
            ) from None
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
            continue
    return None


def _checked_bundle(bundle: pkcs12.PKCS12KeyAndCertificates, source: str) -> Bundle:
    if bundle.key is None:
        raise ConfigurationError(f"{source}: the PKCS#12 file holds no private key, only certificates")
    if bundle.cert is None:
        raise ConfigurationError(f"{source}: the PKCS#12 file holds no certificate for its private key")
    held = (bundle.cert, *bundle.additional_certs)
    return Bundle(bundle.key, tuple(Certificate.from_x509(entry.certificate) for entry in held))
