"""What a check of a certificate is about, by name: the same word in an explanation, a table and a test."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """The subject of a rule about certificates. Sections are of RFC 5280 unless another is named."""

    ENCODING = "encoding"  # 4.1
    VERSION = "version"  # 4.1.2.1
    SERIAL_NUMBER = "serial number"  # 4.1.2.2
    SIGNATURE_ALGORITHM = "signature algorithm"  # 4.1.1.2
    SIGNATURE = "signature"  # 6.1.3 a 1
    ISSUER = "issuer"  # 6.1.3 a 4: there is one, and the last is trusted
    ISSUER_NAME = "issuer name"  # 4.1.2.4
    SUBJECT_NAME = "subject name"  # 4.1.2.6
    COMMON_NAME = "common name"  # CA/Browser Forum, Baseline Requirements 7.1.4.3
    SERVER_NAME = "server name"  # RFC 9525, 6
    DATES = "dates"  # 4.1.2.5
    KEY = "key"  # 4.1.2.7
    BASIC_CONSTRAINTS = "basic constraints"  # 4.2.1.9
    PATH_LENGTH = "path length"  # 4.2.1.9
    NAME_CONSTRAINTS = "name constraints"  # 4.2.1.10
    KEY_USAGE = "key usage"  # 4.2.1.3
    EXTENDED_KEY_USAGE = "extended key usage"  # 4.2.1.12
    SUBJECT_ALTERNATIVE_NAME = "subject alternative name"  # 4.2.1.6
    AUTHORITY_KEY_IDENTIFIER = "authority key identifier"  # 4.2.1.1
    SUBJECT_KEY_IDENTIFIER = "subject key identifier"  # 4.2.1.2
    AUTHORITY_INFORMATION_ACCESS = "authority information access"  # 4.2.2.1
    POLICY_CONSTRAINTS = "policy constraints"  # 4.2.1.11
    CRITICAL_EXTENSIONS = "critical extensions"  # 4.2
    DUPLICATE_EXTENSIONS = "duplicate extensions"  # 4.2
    DEPTH = "depth"  # ours
    WORK = "work"  # ours: bounds on certificates, signatures and comparisons
    REVOKED = "revoked"  # 6.3
    CRL_NUMBER = "CRL number"  # 5.2.3
    PIN = "pin"  # ours


OF_EXTENSION = {
    "subjectKeyIdentifier": Rule.SUBJECT_KEY_IDENTIFIER,
    "keyUsage": Rule.KEY_USAGE,
    "subjectAltName": Rule.SUBJECT_ALTERNATIVE_NAME,
    "basicConstraints": Rule.BASIC_CONSTRAINTS,
    "nameConstraints": Rule.NAME_CONSTRAINTS,
    "authorityKeyIdentifier": Rule.AUTHORITY_KEY_IDENTIFIER,
    "policyConstraints": Rule.POLICY_CONSTRAINTS,
    "extKeyUsage": Rule.EXTENDED_KEY_USAGE,
    "authorityInfoAccess": Rule.AUTHORITY_INFORMATION_ACCESS,
}
"""The rule that is about an extension, by the RFC's name of the extension."""
