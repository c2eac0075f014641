"""Object identifiers by the names their RFCs give them (RFC 3279, 4055, 5280, 5758, 6960, 7633, 8410).

The library keeps its own names private and knows no hash for the oldest signatures; these tables are ours.
"""

from __future__ import annotations

from typing import Final, Literal

RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
RSA_ENCRYPTION: Final = "1.2.840.113549.1.1.1"
DH_KEY_AGREEMENT: Final = "1.2.840.113549.1.3.1"
DH_PUBLIC_NUMBER: Final = "1.2.840.10046.2.1"
DH_KEYS: Final = frozenset({DH_KEY_AGREEMENT, DH_PUBLIC_NUMBER})
ANY_EXTENDED_KEY_USAGE: Final = "anyExtendedKeyUsage"

# name and hash; the hash of RSASSA-PSS stands in its parameters, Ed25519 and Ed448 have none of their own
SIGNATURE_ALGORITHMS: Final[dict[str, tuple[str, str]]] = {
    "1.2.840.113549.1.1.2": ("md2WithRSAEncryption", "md2"),
    "1.2.840.113549.1.1.4": ("md5WithRSAEncryption", "md5"),
    "1.2.840.113549.1.1.5": ("sha1WithRSAEncryption", "sha1"),
    "1.3.14.3.2.29": ("sha1WithRSASignature", "sha1"),
    "1.2.840.113549.1.1.14": ("sha224WithRSAEncryption", "sha224"),
    "1.2.840.113549.1.1.11": ("sha256WithRSAEncryption", "sha256"),
    "1.2.840.113549.1.1.12": ("sha384WithRSAEncryption", "sha384"),
    "1.2.840.113549.1.1.13": ("sha512WithRSAEncryption", "sha512"),
    RSASSA_PSS: ("RSASSA-PSS", ""),
    "1.2.840.10045.4.1": ("ecdsa-with-SHA1", "sha1"),
    "1.2.840.10045.4.3.1": ("ecdsa-with-SHA224", "sha224"),
    "1.2.840.10045.4.3.2": ("ecdsa-with-SHA256", "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa-with-SHA384", "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa-with-SHA512", "sha512"),
    "1.2.840.10040.4.3": ("dsa-with-sha1", "sha1"),
    "2.16.840.1.101.3.4.3.1": ("dsa-with-sha224", "sha224"),
    "2.16.840.1.101.3.4.3.2": ("dsa-with-sha256", "sha256"),
    "2.16.840.1.101.3.4.3.3": ("dsa-with-sha384", "sha384"),
    "2.16.840.1.101.3.4.3.4": ("dsa-with-sha512", "sha512"),
    "1.3.101.112": ("Ed25519", ""),
    "1.3.101.113": ("Ed448", ""),
}

EXTENDED_KEY_USAGES: Final[dict[str, str]] = {
    "1.3.6.1.5.5.7.3.1": "serverAuth",
    "1.3.6.1.5.5.7.3.2": "clientAuth",
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "2.5.29.37.0": ANY_EXTENDED_KEY_USAGE,
}

EXTENSIONS: Final[dict[str, str]] = {
    "2.5.29.14": "subjectKeyIdentifier",
    "2.5.29.15": "keyUsage",
    "2.5.29.17": "subjectAltName",
    "2.5.29.18": "issuerAltName",
    "2.5.29.19": "basicConstraints",
    "2.5.29.30": "nameConstraints",
    "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.32": "certificatePolicies",
    "2.5.29.33": "policyMappings",
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.36": "policyConstraints",
    "2.5.29.37": "extKeyUsage",
    "2.5.29.54": "inhibitAnyPolicy",
    "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
    "1.3.6.1.5.5.7.1.24": "tlsFeature",
    "1.3.6.1.5.5.7.48.1.2": "nonce",
    "2.5.29.20": "cRLNumber",
    "2.5.29.21": "reasonCode",
    "1.3.6.1.4.1.11129.2.4.2": "signedCertificateTimestampList",
    "1.3.6.1.4.1.11129.2.4.3": "precertificatePoison",
}

DIGESTS_AND_RESPONSES: Final[dict[str, str]] = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "1.3.6.1.5.5.7.48.1.1": "id-pkix-ocsp-basic",
}

PUBLIC_KEYS: Final[dict[str, str]] = {
    RSA_ENCRYPTION: "rsaEncryption",
    DH_KEY_AGREEMENT: "dhKeyAgreement",
    DH_PUBLIC_NUMBER: "dhpublicnumber",
    "1.2.840.10040.4.1": "dsa",
    "1.2.840.10045.2.1": "ecPublicKey",
    "1.3.101.110": "X25519",
    "1.3.101.111": "X448",
}

CURVES: Final[dict[str, str]] = {
    "1.2.840.10045.3.1.7": "secp256r1",
    "1.3.132.0.10": "secp256k1",
    "1.3.132.0.33": "secp224r1",
    "1.3.132.0.34": "secp384r1",
    "1.3.132.0.35": "secp521r1",
}

SignatureFamily = Literal["rsa", "dsa", "ecdsa", "eddsa", "unknown"]
_FAMILIES: Final[tuple[tuple[str, SignatureFamily], ...]] = (
    ("1.2.840.113549.1.1.", "rsa"),
    ("1.3.14.3.2.29", "rsa"),
    ("1.2.840.10045.4.", "ecdsa"),
    ("1.2.840.10040.4.", "dsa"),
    ("2.16.840.1.101.3.4.3.", "dsa"),
    ("1.3.101.11", "eddsa"),
)


def signature_family(dotted: str) -> SignatureFamily:
    """What kind of key makes signatures of this algorithm; ``unknown`` for algorithms not in the table above."""
    if dotted not in SIGNATURE_ALGORITHMS:
        return "unknown"
    return next(family for prefix, family in _FAMILIES if dotted.startswith(prefix))


def extension_name(dotted: str) -> str:
    """The RFC's name of an extension, or its number."""
    return EXTENSIONS.get(dotted, dotted)
