"""The options of ``connect`` and ``serve`` for the rarer branches of the protocol, gathered into one value each.

Names are OpenSSL's or GnuTLS's where those have one. What the values mean for a configuration is in ``branches``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from hellodone.cli.branch_choices import (
    CallBranches,
    CallCertificates,
    CallRecords,
    CallSessions,
    CallSupplements,
    ExportsChoice,
    MaterialChoice,
    RevocationChoice,
    ServeBranches,
    ServeCertificates,
    ServeRecords,
    ServeSessions,
    ServeSupplements,
)
from hellodone.cli.options import gathered
from hellodone.cli.stapling import stapling_options

F = TypeVar("F", bound=Callable[..., Any])

AUTHZ_FORMATS = ("x509_attr_cert", "saml_assertion")  # of RFC 5878, 2.3: those whose data are bytes
BINDINGS = ("tls-unique", "tls-server-end-point", "tls-exporter")  # handshake.exporters, not loaded here
_RECORDS = "Records and their protection"
MANNERS = ("key_sha1_hash", "x509_name", "cert_sha1_hash")  # of RFC 6066, 6


def call_branches(function: F) -> F:
    """The options of ``connect``, as the argument ``branches``."""
    groups: list[Callable[[Any], Any]] = [
        _call_sessions,
        _call_certificates,
        _call_revocation,
        _call_records,
        _call_supplements,
        exports_options,
    ]
    return gathered(CallBranches, "branches", groups)(function)


def serve_branches(function: F) -> F:
    """The options of ``serve``, as the argument ``branches``."""
    groups: list[Callable[[Any], Any]] = [
        _serve_sessions,
        _serve_certificates,
        _serve_revocation,
        _serve_records,
        _serve_supplements,
        exports_options,
    ]
    return gathered(ServeBranches, "branches", groups)(function)


def _call_sessions(function: F) -> F:
    return gathered(
        CallSessions,
        "sessions",
        [
            click.option(
                "--psk",
                multiple=True,
                metavar="IDENTITY:HEX",
                help="Offer the suites of this pre-shared key too; of several keys the one that the server's hint "
                "names, else the first.",
            ),
            click.option(
                "--resume", is_flag=True, help="Connect twice: the second connection resumes the first's session."
            ),
            click.option("--no-ticket", is_flag=True, help="Ask for no ticket: --resume goes by session ID."),
            _renegotiation("What a server that wants another handshake is told; or begin one."),
        ],
        section="Sessions, renegotiation and pre-shared keys",
    )(function)


def _serve_sessions(function: F) -> F:
    return gathered(
        ServeSessions,
        "sessions",
        [
            click.option(
                "--psk",
                multiple=True,
                metavar="IDENTITY:HEX",
                help="A pre-shared key; several times for several. Without --cert no certificate is made then.",
            ),
            click.option("--psk-hint", default="", metavar="TEXT", help="Which identity clients are told to use."),
            click.option(
                "--dh-group",
                default="ffdhe2048",
                show_default=True,
                metavar="NAME",
                help="Finite-field group for clients that name none.",
            ),
            click.option(
                "--resume",
                type=click.Choice(["both", "id", "ticket", "off"]),
                show_default="both, with --sessions id",
                help="How sessions may be resumed: by session ID, by ticket.",
            ),
            click.option(
                "--sessions",
                "sessions_url",
                metavar="URL",
                help="Keep sessions in this Redis (redis://HOST:PORT), shared with other servers; then no tickets.",
            ),
            _renegotiation(
                "What a client that begins another handshake is told; or begin one when it asks for something, in "
                "which it is asked for a certificate if --client-ca is given."
            ),
        ],
        section="Sessions, renegotiation and pre-shared keys",
    )(function)


def _renegotiation(what: str) -> Callable[[Any], Any]:
    return click.option(
        "--renegotiate",
        "--renegotiation",
        type=click.Choice(["refuse", "accept", "initiate"]),
        default="refuse",
        show_default=True,
        help=what,
    )


def _call_records(function: F) -> F:
    options = [
        fragment_length(),
        *protections(),
        padding(),
        click.option(
            "--fallback-scsv",
            is_flag=True,
            help="Say that this is another attempt, with less than this client has; a server that speaks TLS 1.3 must "
            "refuse it (RFC 7507).",
        ),
    ]
    return gathered(CallRecords, "records", options, section=_RECORDS)(function)


def _serve_records(function: F) -> F:
    return gathered(ServeRecords, "records", protections(), section=_RECORDS)(function)


def fragment_length() -> Callable[[Any], Any]:
    """--max-fragment-length"""
    return click.option(
        "--max-fragment-length",
        "--maxfraglen",
        type=click.Choice(["512", "1024", "2048", "4096"]),
        help="Ask for records of at most so many bytes, both ways (RFC 6066, 4).",
    )


def padding() -> Callable[[Any], Any]:
    """--padding"""
    return click.option(
        "--padding",
        type=click.IntRange(0, 2**14),
        default=0,
        metavar="BYTES",
        help="Make the ClientHello at least that long (RFC 7685).",
    )


def protections() -> list[Callable[[Any], Any]]:
    """--record-size-limit, --no-etm, --no-ems, --truncated-hmac"""
    return [
        click.option(
            "--record-size-limit",
            "--recordsize",
            type=click.IntRange(64, 2**14),
            metavar="BYTES",
            help="Take records of at most so many bytes (RFC 8449).",
        ),
        click.option(
            "--no-etm", "--no-encrypt-then-mac", "no_etm", is_flag=True, help="CBC without encrypt-then-MAC (RFC 7366)."
        ),
        click.option(
            "--no-ems",
            "--no-extended-master-secret",
            "no_ems",
            is_flag=True,
            help="No extended master secret (RFC 7627), whatever the policy.",
        ),
        click.option(
            "--truncated-hmac/--no-truncated-hmac",
            default=None,
            help="MACs of 80 bits (RFC 6066, 7).  [default: in policy historic]",
        ),
    ]


def _call_revocation(function: F) -> F:
    return gathered(RevocationChoice, "revocation", _revocation("server"), section="Revoked certificates")(function)


def _serve_revocation(function: F) -> F:
    return gathered(RevocationChoice, "revocation", _revocation("client"), section="Revoked certificates")(function)


def _revocation(peer: str) -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--revocation",
            "mode",
            type=click.Choice(["off", "soft", "hard"]),
            help=f"Look at nothing; report what cannot be learnt about the {peer}'s certificates; or refuse it.  "
            "[default: nobody is asked, and what a server staples is believed; with --ocsp query or --crl: hard]",
        ),
        click.option(
            "--ocsp",
            type=click.Choice(["query", "staple", "off"]),
            help="Ask the responders and CRL servers that the certificates name (RFC 6960); believe staples alone; or "
            "neither.",
        ),
        click.option(
            "--crl",
            multiple=True,
            metavar="FILE|URL",
            help="A list of revoked certificates, PEM or DER; several times for several.",
        ),
        click.option("--leaf-only", is_flag=True, help="Leave the certificates of CAs out."),
    ]


_CERTIFICATES = "Raw public keys, and more about certificates"


def _call_certificates(function: F) -> F:
    own = [
        click.option(
            "--trusted-ca-keys",
            type=click.Choice(MANNERS),
            help="Tell the server which authorities are trusted, named in this manner (RFC 6066, 6).",
        ),
        click.option(
            "--client-certificate-url",
            multiple=True,
            metavar="URL",
            help="Send where the certificates of --cert are in their place, leaf first, or one URL of them all as a "
            "PkiPath (RFC 6066, 5).",
        ),
        click.option(
            "--status/--no-status",
            default=True,
            show_default=True,
            help="Ask for a stapled OCSP response (RFC 6066, 8).",
        ),
        click.option("--status-multi", is_flag=True, help="For one of each certificate of the chain (RFC 6961)."),
        click.option("--ct", is_flag=True, help="Ask for signed certificate timestamps (RFC 6962)."),
    ]
    return gathered(CallCertificates, "certificates", [*_raw_keys("server"), *own], section=_CERTIFICATES)(function)


def _serve_certificates(function: F) -> F:
    own = [
        *stapling_options(),
        click.option(
            "--sct",
            multiple=True,
            metavar="FILE",
            help="Show this SignedCertificateTimestamp (as logs encode it) of the certificate (RFC 6962, 3.3).",
        ),
        click.option(
            "--fetch-client-certificate",
            is_flag=True,
            help="Let clients send URLs of their certificates: whatever http:// they name is fetched (RFC 6066, 5).",
        ),
    ]
    return gathered(ServeCertificates, "certificates", [*_raw_keys("client"), *own], section=_CERTIFICATES)(function)


def _raw_keys(peer: str) -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--rawpkkeyfile",
            multiple=True,
            metavar="FILE",
            help="A private key without certificate: only its public key is shown (RFC 7250).",
        ),
        click.option(
            "--trusted-key",
            multiple=True,
            metavar="FILE",
            help=f"Take this public key of a {peer} without certificate: PEM, DER, or a certificate with the key.",
        ),
    ]


_SUPPLEMENTS = "Supplemental data (RFC 4680)"


def _call_supplements(function: F) -> F:
    options = [
        click.option("--user-mapping", metavar="USER@DOMAIN", help="Say who the user is in a directory (RFC 4681)."),
        click.option(
            "--client-authz",
            type=(click.Choice(AUTHZ_FORMATS), str),
            metavar="FORMAT FILE",
            help=f"Send what this client may do: {', '.join(AUTHZ_FORMATS)} (RFC 5878).",
        ),
        click.option(
            "--server-authz", type=click.Choice(AUTHZ_FORMATS), help="Take the same of the server, in this format."
        ),
        *_any_supplement(),
    ]
    return gathered(CallSupplements, "supplements", options, section=_SUPPLEMENTS)(function)


def _serve_supplements(function: F) -> F:
    options = [
        click.option("--user-mapping", is_flag=True, help="Take who clients say their user is (RFC 4681)."),
        click.option(
            "--client-authz",
            type=click.Choice(AUTHZ_FORMATS),
            help="Take what a client may do, in this format (RFC 5878).",
        ),
        click.option(
            "--server-authz",
            type=(click.Choice(AUTHZ_FORMATS), str),
            metavar="FORMAT FILE",
            help=f"Send what this server may do: {', '.join(AUTHZ_FORMATS)}.",
        ),
        *_any_supplement(),
    ]
    return gathered(ServeSupplements, "supplements", options, section=_SUPPLEMENTS)(function)


def _any_supplement() -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--supplement",
            multiple=True,
            metavar="EXTENSION:HEX:TYPE[:HEX]",
            help="A kind of one's own: the number and data of its hello extension, its type, and what to send; what "
            "the peer sends of it is taken.",
        ),
        click.option(
            "--supplements-protected",
            "protected",
            is_flag=True,
            help="Only in a renegotiation, which the first handshake protects (RFC 4680, figure 2).",
        ),
    ]


def exports_options(function: F) -> F:
    """--keymatexport and --channel-binding as the argument ``exports``."""
    binding = click.option(
        "--channel-binding",
        multiple=True,
        type=click.Choice(BINDINGS),
        help="Print this name of the connection (RFC 5929, RFC 9266).",
    )
    return gathered(ExportsChoice, "exports", [material_options, binding], section=_EXPORTS)(function)


def material_options(function: F) -> F:
    """--keymatexport and what goes with it as the argument ``material``."""
    return gathered(
        MaterialChoice,
        "material",
        [
            click.option(
                "--keymatexport",
                metavar="LABEL",
                help="Print keying material for the application under that label (RFC 5705).",
            ),
            click.option(
                "--keymatexportlen",
                type=click.IntRange(1, 2**16),
                default=20,
                show_default=True,
                metavar="BYTES",
                help="How much of it.",
            ),
            click.option("--keymatexport-context", metavar="HEX", help="With this context; an empty one is one too."),
        ],
        section=_EXPORTS,
    )(function)


_EXPORTS = "Exporters and channel bindings"
