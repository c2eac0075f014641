"""``hellodone ca``: a certification authority for laboratories, in a folder: it issues, revokes, lists and answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hellodone.cli import settings
from hellodone.cli.app import Command, write_examples
from hellodone.cli.ca_issue import CA_KEYS, IssueChoice, common_name, issue
from hellodone.cli.ca_open import opened
from hellodone.cli.options import gathered

if TYPE_CHECKING:
    from hellodone.pki.laboratory import LabAuthority


class _Group(click.Group):
    """Commands about one CA; its help begins with examples."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples first."""
        write_examples(
            formatter,
            (
                "hellodone ca init lab",
                "hellodone ca issue lab server localhost 127.0.0.1",
                "hellodone ca issue lab server localhost --fault expired-intermediate",
                "hellodone ca revoke lab localhost && hellodone ca crl lab",
                "hellodone ca ocsp lab --bind 127.0.0.1:8888",
            ),
        )
        super().format_help(ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use."""
        return list(self.commands)


@click.group("ca", cls=_Group, short_help="Be a CA for tests: issue, revoke, answer.")
def command() -> None:
    """Be a certification authority for laboratories, in a folder of plain files.

    Its certificates are as proper as a real CA's, or wrong in one way when asked (--fault). Never for anything else:
    the keys lie unencrypted in the folder, readable for you alone.
    """


@command.command(
    "init",
    cls=Command,
    short_help="Begin a CA in a folder.",
    examples=("hellodone ca init lab", "hellodone ca init lab --key rsa --responder 127.0.0.1:8888"),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--key", default="ec", show_default=True, type=click.Choice(CA_KEYS), help="The kind of its key.")
@click.option("--name", default="hellodone laboratory root", show_default=True, help="Its common name.")
@click.option(
    "--responder",
    metavar="HOST:PORT",
    help="Its certificates say that OCSP and the CRL are answered there (hellodone ca ocsp).",
)
def init(folder: Path, key: str, name: str, responder: str | None) -> int:
    """Begin a root CA: its key, its certificate, an empty index."""
    from hellodone.clock import utc_now
    from hellodone.pki.lab_folder import LabFolder
    from hellodone.pki.laboratory import LabAuthority

    authority = LabAuthority.create(key, at=utc_now(), name=common_name(name, "--name"))
    made = LabFolder.create(folder, _with_sources(authority, responder) if responder else authority)
    print(f"{made.anchor}\tthe root, for --cacert")
    settings.note(f"try: hellodone ca issue {folder} server localhost")
    return 0


def _with_sources(authority: LabAuthority, responder: str) -> LabAuthority:
    from dataclasses import replace

    from hellodone.pki.lab_responder import CRL_PATH, OCSP_PATH
    from hellodone.transport.address import join, parse_host_port

    where = parse_host_port(responder)
    host = f"http://{join(where.host, where.port)}"
    return replace(authority, ocsp_url=host + OCSP_PATH, crl_url=host + CRL_PATH)


@command.command(
    "issue",
    cls=Command,
    short_help="Issue a certificate, proper or wrong in one way.",
    examples=(
        "hellodone ca issue lab server localhost 127.0.0.1 ::1",
        "hellodone ca issue lab client alice --key rsa",
        "hellodone ca issue lab server localhost --fault wrong-eku",
        "hellodone ca issue lab server localhost --not-after -1h",
        "hellodone ca issue lab intermediate 'Issuing CA 1'       (a folder lab/Issuing-CA-1)",
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("kind", metavar="server|client|intermediate", type=click.Choice(["server", "client", "intermediate"]))
@click.argument("names", metavar="NAME...", nargs=-1)
@gathered(
    IssueChoice,
    "choice",
    [
        click.option(
            "--key",
            default="ec",
            show_default=True,
            help="rsa, rsa_pss, rsa1024, ec, ec384, ec521, ed25519, ed448, dsa; dh, dhx, ecdh, ecdh384, x25519, x448.",
        ),
        click.option("--fault", metavar="NAME", help="Wrong in this way; 'list' says which ways there are."),
        click.option("--not-before", metavar="WHEN", help="A date (2027-01-31, 2027-01-31T12:00) or +3d, -2h, +10m."),
        click.option("--not-after", metavar="WHEN", help="Likewise."),
        click.option("--must-staple", is_flag=True, help="Demand a stapled OCSP response (RFC 7633)."),
        click.option("-o", "--out", metavar="PREFIX", help="Write PREFIX.pem and PREFIX.key, not into DIR/issued."),
        click.option("--force", is_flag=True, help="Replace files that are there."),
    ],
)
def issue_command(folder: Path, kind: str, names: tuple[str, ...], choice: IssueChoice) -> int:
    """Issue a certificate and its key: to a server of these names and addresses, to a client, to a CA below this one.

    The first name is the subject and names the files in DIR/issued. A fault of the chain above comes with a CA made
    for it.
    """
    if choice.fault == "list":
        return _list_faults()
    return issue(folder, kind, names, choice)


@command.command("faults", cls=Command, short_help="The faults that can be issued, each in a sentence.")
def faults() -> int:
    """List what --fault knows."""
    return _list_faults()


def _list_faults() -> int:
    from hellodone.pki.lab_faults import FAULTS

    width = max(map(len, FAULTS))
    for fault in FAULTS.values():
        only = "" if len(fault.roles) > 1 else f" ({fault.roles[0]}s only)"
        print(f"{fault.name:{width}}  {fault.sentence}{only}")
    return 0


@command.command(
    "revoke",
    cls=Command,
    short_help="Revoke a certificate.",
    examples=("hellodone ca revoke lab localhost", "hellodone ca revoke lab server.pem --reason superseded"),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("which", metavar="NAME|FILE|SERIAL")
@click.option("--reason", default="keyCompromise", show_default=True, help="A reason of RFC 5280, 5.3.1.")
def revoke(folder: Path, which: str, reason: str) -> int:
    """Revoke a certificate; the CRLs and OCSP responses made from now on say so."""
    ca = opened(folder)
    entry = ca.revoke(which, reason, ca.authority.at)
    print(f"{entry.serial_number:x}\t{entry.subject}\trevoked: {reason}")
    settings.note(f"try: hellodone ca crl {folder}     (a new list of what is revoked)")
    settings.note(f"     hellodone ca ocsp {folder}    (answers so from now on; one that runs already does too)")
    return 0


@command.command(
    "crl",
    cls=Command,
    short_help="Issue a list of what is revoked.",
    examples=("hellodone ca crl lab", "hellodone ca crl lab --days 1 -o - | openssl crl -noout -text"),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("-o", "--out", metavar="FILE", help="DER when it ends in .der, else PEM; - is stdout. [DIR/ca.crl]")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 3650), help="When the next one is due.")
def crl(folder: Path, out: str | None, days: int) -> int:
    """Issue a CRL, signed by the CA, under the next number."""
    from hellodone.pki.files import write_whole
    from hellodone.pki.lab_folder import crl_pem, week_after

    ca = opened(folder)
    made = ca.crl(ca.authority.at, week_after(ca.authority.at, days))
    if out == "-":
        sys.stdout.buffer.write(crl_pem(made))
        return 0
    path = Path(out) if out else folder / "ca.crl"
    settings.readable(lambda: write_whole(path, made.der if path.suffix == ".der" else crl_pem(made)))
    revoked = sum(entry.revoked is not None for entry in ca.entries)
    print(f"{path}\t{revoked} revoked, the next list is due in {days} day{'s' if days != 1 else ''}")
    return 0


@command.command(
    "ocsp",
    cls=Command,
    short_help="Answer OCSP requests over HTTP.",
    examples=(
        "hellodone ca ocsp lab --bind 127.0.0.1:8888",
        "openssl ocsp -issuer lab/ca.pem -cert lab/issued/localhost.pem -CAfile lab/ca.pem -url http://127.0.0.1:8888/ocsp",
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--bind", metavar="ADDR:PORT", help="Port 0: any free one. [what --responder said, or 127.0.0.1:8888]")
@click.option("--port-file", metavar="FILE", help="Write the port there once requests are answered.")
@click.option("--delegated", is_flag=True, help="Let a responder's certificate sign that the CA issues to it now.")
def ocsp(folder: Path, bind: str | None, port_file: str | None, delegated: bool) -> int:
    """Answer OCSP requests (GET and POST) and hand out the CRL at /ca.crl, as the index is at that moment.

    Each request is told in a line. Ctrl-C ends it.
    """
    from hellodone.cli.ca_ocsp import respond

    return respond(opened(folder), bind, port_file, delegated)
