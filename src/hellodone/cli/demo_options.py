"""The options of ``demo`` that choose the branch of the protocol, gathered into one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from hellodone.cli.branch_options import MANNERS, fragment_length, padding, protections
from hellodone.cli.options import DemoChoice, gathered

F = TypeVar("F", bound=Callable[..., Any])

KEY_EXCHANGES = (
    *("ecdhe_ecdsa", "ecdhe_rsa", "dhe_rsa", "dhe_dss", "rsa"),
    *("ecdh_ecdsa", "ecdh_rsa", "dh_rsa", "dh_dss", "ecdh_anon", "dh_anon"),
    *("psk", "dhe_psk", "rsa_psk", "ecdhe_psk"),
)


def demo_options(function: F) -> F:
    """--key-exchange, --group, --cipher, --client-auth, --resume, --renegotiate, --psk ... as the argument ``ask``."""
    options = [
        *_key_exchange_options(),
        *_handshake_options(),
        *_extension_options(),
        *_revocation_options(),
        *protections(),
    ]
    return gathered(DemoChoice, "ask", options, section="The branch of the protocol")(function)


def _key_exchange_options() -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--key-exchange",
            type=click.Choice(KEY_EXCHANGES, case_sensitive=False),
            metavar="NAME",
            help=f"How the premaster secret comes about: {', '.join(KEY_EXCHANGES)}. The first by default.",
        ),
        click.option(
            "--group", metavar="NAME", help="The group of the key exchange: x25519, P-256, x448, ffdhe3072 ..."
        ),
        click.option("--cipher", metavar="NAME", help="A cipher suite (IANA or OpenSSL name), or the cipher of one."),
        click.option(
            "--psk",
            is_flag=False,
            flag_value="",
            metavar="[IDENTITY:HEX]",
            help="Both sides have this key; without a value one that is made up. Key exchange psk if none is named.",
        ),
    ]


def _handshake_options() -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--client-auth",
            is_flag=False,
            flag_value="sign",
            type=click.Choice(["sign", "fixed"], case_sensitive=False),
            metavar="[sign|fixed]",
            help="The server requires a certificate of the client, who signs, or whose certificate holds a key in the "
            "server's group (static Diffie-Hellman only). sign if nothing is said.",
        ),
        click.option(
            "--resume",
            type=click.Choice(["id", "ticket"], case_sensitive=False),
            help="A second connection resumes the session of the first, by session ID or by ticket.",
        ),
        click.option(
            "--renegotiate",
            type=click.Choice(["client", "server"], case_sensitive=False),
            help="A second handshake on the same connection, started by that side; with --client-auth the certificate "
            "is asked for in the second.",
        ),
        click.option(
            "--supplemental",
            is_flag=False,
            flag_value="both",
            type=click.Choice(["client", "server", "both"], case_sensitive=False),
            metavar="[client|server|both]",
            help="SupplementalData (RFC 4680): the client's user mapping, the server's authorisation, or both; with "
            "--renegotiate in the second handshake, which the first protects.",
        ),
    ]


def _extension_options() -> list[Callable[[Any], Any]]:
    return [
        fragment_length(),
        padding(),
        click.option(
            "--raw-public-key",
            is_flag=True,
            help="Keys without certificates: the server's, with --client-auth the client's too (RFC 7250).",
        ),
        click.option(
            "--trusted-ca-keys",
            is_flag=False,
            flag_value="x509_name",
            type=click.Choice(MANNERS),
            metavar="[MANNER]",
            help=f"The client tells which authority it trusts, as {', '.join(MANNERS)} (RFC 6066, 6); the server has "
            "certificates of two and chooses.",
        ),
        click.option(
            "--client-certificate-url",
            is_flag=True,
            help="The client sends where its certificate is; the server fetches it (RFC 6066, 5). For --client-auth.",
        ),
        click.option(
            "--fallback-scsv", is_flag=True, help="The client says that it tried with a later version (RFC 7507)."
        ),
    ]


def _revocation_options() -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--ocsp",
            type=click.Choice(["query", "staple", "must-staple", "missing-staple"], case_sensitive=False),
            help="The CA is asked whether the server's certificate is revoked (RFC 6960): by the client, or by the "
            "server, which staples the answer (RFC 6066, 8). The certificate may say that it must (RFC 7633), and the "
            "server not do it.",
        ),
        click.option(
            "--crl", is_flag=True, help="The client fetches the CA's list of revoked certificates (RFC 5280)."
        ),
        click.option("--revoked", is_flag=True, help="The certificate is revoked. For --ocsp and --crl."),
    ]
