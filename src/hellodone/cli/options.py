"""The options that several commands share, gathered into one value each."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
STARTTLS = ("smtp", "imap", "pop3", "ftp", "ldap", "postgres", "xmpp")  # transport.starttls.PROTOCOLS, not loaded here

LANGUAGES = ("en", "da", "zh")  # diagram.language.CODES, not loaded here
LANGUAGE = "Language of charts and pages: English, Danish, Chinese."


@dataclass(frozen=True, slots=True)
class TlsChoice:
    """What a side is willing to speak, as it was typed; see ``settings.policy``."""

    policy: str
    ciphers: str | None
    groups: str | None
    sigalgs: str | None
    alpn: str | None
    keylog: str | None
    certificate_fit: str = "refuse"


@dataclass(frozen=True, slots=True)
class IdentityChoice:
    """The files of certificates and keys, as many keys as certificates or none; see ``settings.identities``."""

    cert: tuple[str, ...]
    key: tuple[str, ...]
    password: str | None


@dataclass(frozen=True, slots=True)
class DemoChoice:
    """The branch of the protocol that ``demo`` shows, "" or None where nothing was said; see ``scenario.plan``."""

    key_exchange: str | None = None
    group: str | None = None
    cipher: str | None = None
    client_auth: str | None = None  # sign, fixed
    resume: str | None = None  # id, ticket
    renegotiate: str | None = None  # client, server
    psk: str | None = None  # IDENTITY:HEX, "" for one that is made up
    supplemental: str | None = None  # client, server, both
    max_fragment_length: str | None = None
    record_size_limit: int | None = None
    raw_public_key: bool = False
    trusted_ca_keys: str | None = None  # key_sha1_hash, x509_name, cert_sha1_hash
    client_certificate_url: bool = False
    fallback_scsv: bool = False
    no_etm: bool = False
    no_ems: bool = False
    truncated_hmac: bool | None = None
    padding: int = 0
    ocsp: str | None = None  # query, staple, must-staple, missing-staple
    crl: bool = False
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class OutputChoice:
    """What to draw, how and where to; see ``output.Output``."""

    files: tuple[str, ...]
    format: str | None
    detail: str
    brief: bool
    show_secrets: bool
    knowledge: bool
    eavesdropper: bool
    eavesdropper_has: tuple[str, ...]
    width: int | None
    color: bool | None
    lang: str


@dataclass(frozen=True, slots=True)
class ReachChoice:
    """How a server is reached and whom ``connect`` trusts; see ``call.Call``."""

    cacert: str | None
    insecure: bool
    servername: str | None
    starttls: str | None
    resolve: tuple[str, ...]
    timeout: float


@dataclass(frozen=True, slots=True)
class ClientsChoice:
    """What ``serve`` wants of its clients."""

    client_ca: str | None
    request_client_cert: bool
    sni_fatal: bool


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """What ``serve`` answers, and how long it waits; see ``service.Service``."""

    echo: bool
    reply_size: int | None
    timeout: float


def tls_options(*, default_policy: str | None = "modern") -> Callable[[F], F]:
    """--policy, --ciphers, --groups, --sigalgs, --alpn, --keylog and --certificate-fit as the argument ``tls``."""
    return gathered(
        TlsChoice,
        "tls",
        [
            click.option(
                "--policy",
                default=default_policy or "",
                show_default=True if default_policy else "what the scenario needs",
                metavar="NAME",
                help="What is spoken at all: modern, compatible or historic.",
            ),
            click.option(
                "--ciphers", "--cipher-suites", metavar="LIST", help="Cipher suites in order; IANA or OpenSSL names."
            ),
            click.option("--groups", "--curves", metavar="LIST", help="Groups in order: x25519, P-256, ffdhe2048 ..."),
            click.option("--sigalgs", metavar="LIST", help="Signature schemes in order; IANA or OpenSSL names."),
            click.option("--alpn", metavar="LIST", help="Application protocols in order: h2,http/1.1"),
            click.option(
                "--keylog",
                envvar="SSLKEYLOGFILE",
                metavar="FILE",
                help="Append the secrets for Wireshark (SSLKEYLOGFILE).",
            ),
            click.option(
                "--certificate-fit",
                type=click.Choice(["refuse", "report"]),
                default="refuse",
                show_default=True,
                help="A server's key usage that does not fit the key exchange.",
            ),
        ],
        section="What is spoken",
    )


def reach_options(function: F) -> F:
    """--cacert, -k, --servername, --starttls, --resolve, --timeout, as the argument ``reach``."""
    return gathered(
        ReachChoice,
        "reach",
        [
            click.option(
                "--cacert",
                "--CAfile",
                "cacert",
                metavar="FILE",
                help="Trust these CAs (file or folder), not the system's.",
            ),
            click.option("--insecure", "-k", is_flag=True, help="Go on with whatever certificate the server has."),
            click.option(
                "--servername", "--sni", metavar="NAME", help="Ask for this name, and expect it in the certificate."
            ),
            click.option(
                "--starttls", type=click.Choice(STARTTLS), help="Change to TLS after these words in the clear."
            ),
            click.option(
                "--resolve",
                multiple=True,
                metavar="HOST:PORT:ADDRESS",
                help="Dial that address for that host and port.",
            ),
            timeout_option(15.0, "For connection and handshake together, and for each silence afterwards."),
        ],
        section="Reaching the server, and trusting it",
    )(function)


def clients_options(function: F) -> F:
    """--client-ca, --request-client-cert, --sni-fatal, as the argument ``clients``."""
    return gathered(
        ClientsChoice,
        "clients",
        [
            click.option(
                "--client-ca", metavar="FILE", help="Require a client certificate of these CAs (file or folder)."
            ),
            click.option(
                "--request-client-cert", is_flag=True, help="Ask for a client certificate, do not require one."
            ),
            click.option(
                "--sni-fatal", is_flag=True, help="Refuse clients that ask for a name no certificate here has."
            ),
        ],
        section="Who clients are",
    )(function)


def answer_options(function: F) -> F:
    """--echo, --reply-size, --timeout, as the argument ``answer``."""
    return gathered(
        AnswerChoice,
        "answer",
        [
            click.option("--echo", is_flag=True, help="Send every line back in place of answering in HTTP."),
            click.option(
                "--reply-size", type=click.IntRange(1, 2**24), metavar="BYTES", help="Length of the whole HTTP answer."
            ),
            timeout_option(30.0, "For each handshake, and for each silence of a client."),
        ],
        section="Answers",
    )(function)


def identity_options(*, several: bool) -> Callable[[F], F]:
    """--cert, --key, --pass, as the argument ``who``."""
    more = " May be given several times." if several else ""
    return gathered(
        IdentityChoice,
        "who",
        [
            click.option(
                "--cert",
                "-E",
                multiple=True,
                metavar="FILE",
                help=f"Own certificate, then its issuers: PEM, DER, or PKCS#12 with the key.{more}",
            ),
            click.option(
                "--key",
                multiple=True,
                metavar="FILE",
                help="Its private key: PEM, DER or PKCS#12; not needed when --cert holds it.",
            ),
            click.option(
                "--pass",
                "password",
                metavar="WORD",
                help="Password of the key: pass:WORD, env:VARIABLE, file:NAME, or the word itself.",
            ),
        ],
        section="Who this side is",
    )


def output_options(function: F) -> F:
    """-o, -f, --detail, --brief, --show-secrets, --knowledge, --eavesdropper ... as the argument ``out``."""
    return gathered(OutputChoice, "out", [*_drawings(), *_contents()], section="Output")(function)


def _drawings() -> list[Callable[[F], F]]:
    """Where charts go, in which format and language, how they look."""
    return [
        click.option(
            "--output",
            "-o",
            "files",
            multiple=True,
            metavar="FILE",
            help="Write the chart there; the name's end picks the format: .txt .puml .mmd .sd .md .svg .json",
        ),
        click.option(
            "--format", "-f", metavar="NAME", help="text, plantuml, mermaid, sequencediagram, markdown, json."
        ),
        click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help=LANGUAGE),
        click.option("--width", type=click.IntRange(40, 1000), metavar="COLUMNS", help="Width of the text chart."),
        click.option("--color/--no-color", default=None, help="Colours; without it as the terminal allows."),
    ]


def _contents() -> list[Callable[[F], F]]:
    """How much charts show, and whose knowledge."""
    return [
        click.option(
            "--detail",
            type=click.Choice(["brief", "normal", "full"]),
            default="normal",
            show_default=True,
            help="How much of each message is shown.",
        ),
        click.option("--brief", is_flag=True, help="One line: the history and the verdict."),
        click.option("--show-secrets", is_flag=True, help="Show secrets and application data."),
        click.option("--knowledge", is_flag=True, help="Show what each side knows, since when and why."),
        click.option("--eavesdropper", is_flag=True, help="Show who listens: what it learns, what it can read."),
        click.option(
            "--eavesdropper-has",
            multiple=True,
            type=click.Choice(["server_private_key", "psk", "ticket_key", "keylog"]),
            help="Show it with this secret in its hands. May be given several times.",
        ),
    ]


def _sensible(context: click.Context, parameter: click.Parameter, seconds: float) -> float:
    """More than no time, and at most a day."""
    if not 0 < seconds <= 86_400:
        raise click.BadParameter(f"{seconds:g} is no number of seconds from 0 (excluded) to a day", context, parameter)
    return seconds


def timeout_option(default: float, what: str) -> Callable[[F], F]:
    """--timeout in seconds."""
    return click.option(
        "--timeout",
        type=float,
        callback=_sensible,
        default=default,
        show_default=True,
        metavar="SECONDS",
        help=what,
    )


def gathered(kind: type[Any], name: str, options: list[Callable[[Any], Any]], *, section: str = "") -> Callable[[F], F]:
    """A decorator that adds options and hands their values on as one argument.

    In --help they stand under the heading ``section``; see ``app.Command``.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def wrapper(**given: Any) -> Any:
            values = {field.name: given.pop(field.name) for field in fields(kind)}
            return function(**{name: kind(**values)}, **given)

        decorated: Any = wrapper
        others = list(getattr(wrapper, "__click_params__", ()))
        for option in reversed(options):
            decorated = option(decorated)
        for parameter in decorated.__click_params__:
            if section and parameter not in others:
                parameter.section = section
        return decorated  # type: ignore[no-any-return]  # click's decorators hand back what they were given

    return decorate
