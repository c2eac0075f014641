"""Diffie-Hellman with a fresh key on each side: on a curve (RFC 8422, 2 and 5), or in a finite field (RFC 7919).

An agreement gives the shared secret; what becomes of it - premaster secret, or a part of one - is the method's affair.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

from hellodone.crypto.errors import CryptoError, InvalidPublicValue, UnacceptableSize
from hellodone.crypto.finite_field import DHKeyShare, DHParameters, check_parameters, generate_dh_share
from hellodone.crypto.key_agreement import KeyShare, generate_share
from hellodone.crypto.secret import Secret
from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.messages.key_exchange import ServerDHParams, ServerECDHParams
from hellodone.registry.codes import ECCurveType
from hellodone.registry.ffdhe import identify
from hellodone.registry.groups import NamedGroup
from hellodone.registry.naming import name_of


class Agreement(Protocol):
    """Fresh keys of both sides in one group."""

    def parameters(self, hs: ServerHandshake) -> Any:
        """The server's key in the chosen group, as the struct that travels."""
        ...

    def accept(self, hs: ClientHandshake, parameters: Any) -> None:
        """The client checks the server's group and keeps its public value."""
        ...

    def answer(self, hs: ClientHandshake) -> tuple[bytes, Secret]:
        """The client's public value, and the secret it now shares."""
        ...

    def public(self, form: Any) -> bytes | None:
        """The client's public value in its ClientKeyExchange."""
        ...

    def agree(self, hs: ServerHandshake, public: bytes) -> Secret:
        """The secret, from the client's public value."""
        ...


class EllipticCurve:
    """ECDHE and ECDH_anon."""

    def parameters(self, hs: ServerHandshake) -> ServerECDHParams:
        """A fresh key on the chosen curve (RFC 8422, 5.4)."""
        share = generate_share(hs.group, hs._config.random)
        hs.server_ephemeral_private = share
        hs.server_share = share.public
        return ServerECDHParams.named(hs.group, hs.server_share)

    def accept(self, hs: ClientHandshake, parameters: ServerECDHParams) -> None:
        """The curve is one we offered."""
        group = parameters.group
        hs.check(
            group in hs.client_groups,
            AlertDescription.illegal_parameter,
            "the server's curve is a named one that we offered (RFC 8422, 5.4)",
            lambda: _curve(parameters),
        )
        hs.group = group or 0
        hs.server_share = parameters.public

    def answer(self, hs: ClientHandshake) -> tuple[bytes, Secret]:
        """A fresh key on the same curve (RFC 8422, 5.7)."""
        return _answer(hs, generate_share(hs.group, hs._config.random))

    def public(self, form: Any) -> bytes | None:
        """The client's point."""
        public: bytes | None = form.ecdh_Yc
        return public

    def agree(self, hs: ServerHandshake, public: bytes) -> Secret:
        """With the client's point."""
        hs.client_share = public
        share = cast("KeyShare", hs.server_ephemeral_private)  # set when the parameters were made
        return _agreed(hs, share, public)


class FiniteField:
    """DHE and DH_anon."""

    def parameters(self, hs: ServerHandshake) -> ServerDHParams:
        """A fresh key in the chosen group (RFC 5246, 7.4.3)."""
        hs.dh_group = name_of(NamedGroup, hs.group)
        share = generate_dh_share(DHParameters.named(hs.dh_group), hs._config.random)
        hs.server_ephemeral_private = share
        hs.server_share = share.public
        return ServerDHParams(_unsigned(share.p), _unsigned(share.g), hs.server_share)

    def accept(self, hs: ClientHandshake, parameters: ServerDHParams) -> None:
        """The group has a size we accept; its primality nobody tests, for that takes seconds."""
        p, g = int.from_bytes(parameters.dh_p, "big"), int.from_bytes(parameters.dh_g, "big")
        policy = hs._config.policy
        try:
            hs._dh_parameters = check_parameters(p, g, policy.minimum_dh_bits, policy.maximum_dh_bits)
        except UnacceptableSize as fault:
            raise FatalAlert(AlertDescription.insufficient_security, str(fault)) from None
        except CryptoError as fault:
            raise FatalAlert(AlertDescription.illegal_parameter, str(fault)) from None
        known = identify(p, g)
        hs.dh_group = known.name if known else f"the server's own, {p.bit_length()} bits"
        if known and known.named_group is not None:
            hs.group = known.named_group
        hs.server_share = parameters.dh_Ys

    def answer(self, hs: ClientHandshake) -> tuple[bytes, Secret]:
        """A fresh key in the same group (RFC 5246, 7.4.7.2)."""
        assert hs._dh_parameters is not None, "set when the parameters were accepted"
        return _answer(hs, generate_dh_share(hs._dh_parameters, hs._config.random))

    def public(self, form: Any) -> bytes | None:
        """The client's number."""
        public: bytes | None = form.dh_Yc
        return public

    def agree(self, hs: ServerHandshake, public: bytes) -> Secret:
        """With the client's public value."""
        hs.client_share = public
        share = cast("DHKeyShare", hs.server_ephemeral_private)
        return _agreed(hs, share, public)


def _answer(hs: ClientHandshake, share: KeyShare | DHKeyShare) -> tuple[bytes, Secret]:
    """The client's public value, and the secret it now shares."""
    hs.client_ephemeral_private = share
    hs.client_share = share.public
    return hs.client_share, answered_secret(hs, share)


def answered_secret(hs: ClientHandshake, share: KeyShare | DHKeyShare) -> Secret:
    """The secret that a client shares with the server's public value. Raises FatalAlert."""
    secret = _shared(share, hs.server_share)
    hs.note_check("the server's public value is a valid one of the group")
    return secret


def _agreed(hs: ServerHandshake, share: KeyShare | DHKeyShare, public: bytes) -> Secret:
    secret = _shared(share, public)
    hs.note_check("the client's public value is a valid one of the group")
    return secret


def _shared(share: KeyShare | DHKeyShare, public: bytes) -> Secret:
    """The secret. Raises FatalAlert (illegal_parameter) for a public value that breaks a rule of its group."""
    try:
        return share.exchange(public)
    except InvalidPublicValue as fault:
        raise FatalAlert(AlertDescription.illegal_parameter, str(fault)) from None


def _curve(parameters: ServerECDHParams) -> str:
    if parameters.group is None:
        return f"the server uses {name_of(ECCurveType, parameters.curve_params.curve_type)}"
    return f"the server uses {name_of(NamedGroup, parameters.group)}"


def _unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
