"""What can go wrong in cryptography, as sentences without secrets.

These exceptions name faults, not alerts: the handshake and the record layer decide which alert each becomes.
"""

from __future__ import annotations


class CryptoError(Exception):
    """Base of every fault that leaves :mod:`hellodone.crypto`; its text is one sentence for people."""


class InvalidPublicValue(CryptoError):
    """The peer's public value breaks a rule of its group: form, length, range, curve equation or order."""


class InvalidParameters(CryptoError):
    """Finite-field Diffie-Hellman parameters that cannot be a group: even modulus, generator out of range."""


class UnacceptableSize(InvalidParameters):
    """Parameters or keys that are well formed but smaller or larger than the caller accepts."""


class BadRecordMac(CryptoError):
    """A protected record did not verify. One text for every cause, so that the cause cannot be told apart."""

    def __init__(self) -> None:
        super().__init__("the record's protection did not verify")


class UnusableKey(CryptoError):
    """A key that cannot do what is asked of it: wrong type for the scheme, wrong size, unknown kind."""
