"""Identities, trust and the verification of certificates (RFC 5246, 7.4.2; RFC 5280; RFC 9525).

``keys`` and ``identity`` are what this side shows, ``trust``, ``names`` and ``verify`` what it demands of the peer,
``certificates`` the one wrapper all of them share, ``laboratory`` a throw-away CA. Nothing here reads a clock: the
time of verification is an argument everywhere.
"""
