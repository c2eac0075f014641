"""Identities, trust and the verification of certificates (RFC 5246, 7.4.2; RFC 5280; RFC 9525).

``keys`` and ``identity`` are what this side shows, ``trust``, ``names`` and ``verify`` what it demands of the peer,
``certificates`` the one wrapper all of them share, ``laboratory`` a throw-away CA. Nothing here reads a clock: the
time of verification is an argument everywhere.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hellodone.pki.laboratory import LabAuthority

__all__ = ["LabAuthority"]


def __getattr__(name: str) -> object:
    """A public name, imported when it is first used: nobody else waits for the laboratory."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module("hellodone.pki.laboratory"), name)
    return value
