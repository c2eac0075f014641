"""What the application takes out of a connection: keys of its own, and names for the channel (RFC 5705, 5929, 9266)."""

from __future__ import annotations

import hashlib
from typing import Any, Literal, get_args

from hellodone.crypto.errors import CryptoError
from hellodone.crypto.prf import export_keying_material
from hellodone.crypto.secret import Secret
from hellodone.errors import ConfigurationError
from hellodone.handshake.context import Handshake
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.raw_keys import RawPublicKey

BindingType = Literal["tls-unique", "tls-server-end-point", "tls-exporter"]

EXPORTER_BINDING = b"EXPORTER-Channel-Binding"  # RFC 9266, 2
LONGEST_EXPORT = 2**16


def exported(hs: Handshake[Any], label: bytes, length: int, context: bytes | None) -> Secret:
    """Keying material (RFC 5705, 4).

    Raises ConfigurationError without extended_master_secret: other connections may share the master secret
    (RFC 7627, 5.4). Likewise for the protocol's own labels and for lengths out of reason.
    """
    if not hs.extended_master_secret:
        raise ConfigurationError(
            "no keying material is exported without extended_master_secret: another connection may have the same "
            "master secret (RFC 7627, 5.4)"
        )
    if not 0 < length <= LONGEST_EXPORT:
        raise ConfigurationError(f"1 to {LONGEST_EXPORT} bytes can be exported, not {length}")
    try:
        return export_keying_material(
            hs.master_secret, hs.client_random, hs.server_random, label, length, hs.cipher_suite.prf_hash, context
        )
    except CryptoError as fault:
        raise ConfigurationError(str(fault)) from None


def channel_binding(hs: Handshake[Any], kind: str) -> bytes:
    """The channel's name of that type. Raises ConfigurationError where it is not defined, or not safe."""
    if kind == "tls-unique":
        return _unique(hs)
    if kind == "tls-server-end-point":
        return _end_point(hs)
    if kind == "tls-exporter":
        return exported(hs, EXPORTER_BINDING, 32, b"").reveal()
    raise ConfigurationError(f"there is no channel binding {kind!r}; there are {', '.join(get_args(BindingType))}")


def _unique(hs: Handshake[Any]) -> bytes:
    """The first Finished of the latest handshake: the client's, in figure 2 the server's (RFC 5929, 3.1)."""
    if not hs.resumed:
        return hs.client_verify_data
    if not hs.extended_master_secret:
        raise ConfigurationError(
            "tls-unique does not name this connection alone: its session was resumed without extended_master_secret "
            "(RFC 7627, 5.4)"
        )
    return hs.server_verify_data


def _end_point(hs: Handshake[Any]) -> bytes:
    """The server's certificate, hashed with the hash of its own signature, or a better one (RFC 5929, 4.1)."""
    certificates: tuple[Certificate, ...] = vars(hs).get("server_certificates", ())
    if not certificates or isinstance(certificates[0], RawPublicKey):
        why = "this side does not know it" if hs.resumed else "there is none"
        raise ConfigurationError(f"tls-server-end-point is made of the server's certificate; {why}")
    try:
        own = certificates[0].signature_hash
    except CertificateError as fault:
        raise ConfigurationError(fault.reason) from None
    if not own:
        raise ConfigurationError(
            "tls-server-end-point is not defined for this certificate: its signature has no hash (RFC 5929, 4.1)"
        )
    return hashlib.new("sha256" if own in ("md5", "sha1") else own, certificates[0].der).digest()
