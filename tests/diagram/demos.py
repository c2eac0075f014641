"""Traces of demos, run as they are typed."""

from __future__ import annotations

import shlex
from pathlib import Path

from click.testing import CliRunner

from hellodone.cli.demo import command
from hellodone.trace.model import Trace

PAGES = {
    "plain": "",
    "eavesdropper": "--key-exchange rsa --eavesdropper-has server_private_key",
    "fixed": "--key-exchange ecdh_ecdsa --client-auth fixed",
    "full": "--key-exchange dhe_rsa --client-auth --detail full",
    "psk": "--key-exchange rsa_psk --resume id --knowledge",
    "anonymous": "--key-exchange dh_anon",
    "ticket": "--resume ticket --eavesdropper-has ticket_key",
    "supplemental": "--supplemental --renegotiate server --client-auth",
    "revoked": "--ocsp query --revoked --eavesdropper",
    "extensions": "--cipher AES_128_CBC_SHA256 --policy compatible --max-fragment-length 512 --padding 512 "
    "--trusted-ca-keys --fallback-scsv --ocsp staple",
    "null": "--key-exchange rsa --cipher NULL_SHA256 --policy historic --eavesdropper",
    "raw_public_key": "--raw-public-key --client-auth",
}  # that together show every branch and every sign


def page(options: str, file: Path) -> Path:
    """The page of a demo, written there."""
    CliRunner().invoke(command, [*shlex.split(options), "-o", str(file)])
    return file


def demonstrated(options: str, file: Path) -> Trace:
    """The trace of a demo, kept in that file."""
    CliRunner().invoke(command, [*shlex.split(options), "-o", str(file)])
    return Trace.from_json(file.read_text(encoding="utf-8"))
