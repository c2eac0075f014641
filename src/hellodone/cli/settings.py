"""From what was typed to policies, identities, trust and key logs. Faults name the option they come from."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from hellodone.cli.faults import InputUnreadable
from hellodone.cli.options import IdentityChoice, TlsChoice
from hellodone.errors import ConfigurationError, system_reason

if TYPE_CHECKING:
    from hellodone.pki.identity import Identity
    from hellodone.pki.trust import TrustStore
    from hellodone.policy import Policy

T = TypeVar("T")


def policy(choice: TlsChoice, name: str | None = None) -> Policy:
    """The policy that was asked for, or the one called ``name``, narrowed to the lists given.

    Raises ConfigurationError naming what is unknown.
    """
    from hellodone.policy import Policy
    from hellodone.registry.suites import parse_cipher_list

    chosen = Policy.named(name or choice.policy)
    if choice.ciphers is not None:
        with naming("--ciphers", "suites"):
            chosen = chosen.with_cipher_suites(parse_cipher_list(choice.ciphers))
    if choice.groups is not None:
        groups = _names(choice.groups, "--groups")
        with naming("--groups", "groups"):
            chosen = chosen.with_groups(groups)
    if choice.sigalgs is not None:
        schemes = _names(choice.sigalgs, "--sigalgs")
        with naming("--sigalgs", "schemes"):
            chosen = chosen.with_signature_schemes(schemes)
    return replace(chosen, certificate_fit="report") if choice.certificate_fit == "report" else chosen


_SUCH_AS = {
    "suites": "ECDHE-RSA-AES128-GCM-SHA256",
    "groups": "x25519, P-256, ffdhe2048",
    "schemes": "ecdsa_secp256r1_sha256, RSA+SHA256",
}


@contextmanager
def naming(option: str, kind: str) -> Iterator[None]:
    """A fault in here is that of a name given with ``option``: it says so, and how to see all names of the kind."""
    try:
        yield
    except ConfigurationError as fault:
        such_as = "" if fault.reason.endswith("?") else f"{_SUCH_AS[kind]} ...; "
        raise ConfigurationError(
            f"{option}: {fault.reason} ({such_as}hellodone explain {kind} lists all names)"
        ) from None


def alpn(choice: TlsChoice) -> tuple[str, ...]:
    """The application protocols that were asked for, in order."""
    return () if choice.alpn is None else tuple(_names(choice.alpn, "--alpn", separators=r"[,\s]+"))


def _names(text: str, option: str, separators: str = r"[,:\s]+") -> list[str]:
    names = [name for name in re.split(separators, text) if name]
    if not names:
        raise ConfigurationError(f"{option} is given an empty list")
    return names


def identities(choice: IdentityChoice) -> list[Identity]:
    """The identities of the files that were named. Raises ConfigurationError, InputUnreadable."""
    from hellodone.pki.identity import Identity

    if choice.key and not choice.cert:
        raise ConfigurationError("--key needs --cert: the certificate that belongs to it")
    if choice.key and len(choice.key) != len(choice.cert):
        raise ConfigurationError(
            f"there are {len(choice.cert)} --cert and {len(choice.key)} --key; give as many of one as of the other"
        )
    keys: Sequence[str | None] = choice.key or [None] * len(choice.cert)
    password = _password(choice.password)
    return [
        readable(lambda cert=cert, key=key: Identity.from_files(cert, key, password))  # type: ignore[misc]
        for cert, key in zip(choice.cert, keys, strict=True)
    ]


def trust(path: str | None) -> TrustStore:
    """The anchors in a file or folder, or what the system trusts. Raises InputUnreadable."""
    from hellodone.pki.trust import TrustStore

    if path is None:
        return readable(TrustStore.system)
    return readable(lambda: TrustStore.from_folder(path) if Path(path).is_dir() else TrustStore.from_file(path))


def content(path: str | None) -> bytes | None:
    """The bytes of the file that was named, if one was. Raises InputUnreadable."""
    from hellodone.pki.keys import read_file

    return None if path is None else readable(lambda: read_file(path))


def contents(paths: Sequence[str]) -> list[bytes]:
    """The bytes of each file. Raises InputUnreadable."""
    return [data for path in paths if (data := content(path)) is not None]


def raw_identities(paths: Sequence[str]) -> list[Identity]:
    """Identities of keys without certificates. Raises InputUnreadable."""
    from hellodone.pki.keys import read_file
    from hellodone.pki.raw_keys import raw_identity

    return [readable(lambda path=path: raw_identity(read_file(path), source=path)) for path in paths]  # type: ignore[misc]


def public_keys(paths: Sequence[str]) -> list[bytes]:
    """The public keys in the files, as ``Config.trusted_keys`` has them. Raises InputUnreadable."""
    from hellodone.pki.keys import read_file
    from hellodone.pki.raw_keys import public_key_info

    return [readable(lambda path=path: public_key_info(read_file(path), path)) for path in paths]  # type: ignore[misc]


def hexadecimal(text: str, option: str) -> bytes:
    """The bytes of hexadecimal digits. Raises ConfigurationError."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ConfigurationError(f"{option} {text}: hexadecimal digits are needed, two for each byte") from None


def readable(read: Callable[[], T]) -> T:
    """What ``read`` gives; its fault is one of the input, not of the usage."""
    try:
        return read()
    except ConfigurationError as fault:
        raise InputUnreadable(fault.reason) from None


def write_port(path: str, port: int) -> None:
    """Whole or not at all: who waits for the file must never read half a number. Raises InputUnreadable."""
    from hellodone.pki.files import write_whole

    readable(lambda: write_whole(Path(path), b"%d\n" % port))


def _password(given: str | None) -> str | None:
    """A password in the ways OpenSSL and curl let it be given. Raises InputUnreadable."""
    if given is None:
        return None
    kind, colon, rest = given.partition(":")
    match kind if colon else "":
        case "pass":
            return rest
        case "env":
            if rest not in os.environ:
                raise InputUnreadable(f"--pass {given}: no environment variable is called {rest!r}")
            return os.environ[rest]
        case "file":
            try:
                return Path(rest).read_text("utf-8").splitlines()[0]
            except (OSError, UnicodeDecodeError, IndexError):
                raise InputUnreadable(f"--pass {given}: the file has no readable first line") from None
        case _:
            return given


def key_log(path: str | None) -> Callable[[str], None] | None:
    """What appends each line to the key log, None without one. Raises InputUnreadable when it cannot be written."""
    if not path:
        return None
    lock = threading.Lock()

    def append(line: str) -> None:
        with lock, open(path, "ab", opener=_private) as file:
            file.write(line.rstrip("\n").encode("ascii") + b"\n")

    try:
        open(path, "ab", opener=_private).close()
    except OSError as fault:
        raise InputUnreadable(f"{path}: the key log cannot be written: {system_reason(fault)}") from None
    return append


def _private(path: str, flags: int) -> int:
    """Open for this user alone: what is in a key log opens every connection in it."""
    return os.open(path, flags, 0o600)


def note(sentence: str) -> None:
    """Progress and warnings: one line on standard error."""
    print(sentence, file=sys.stderr, flush=True)


def psk(text: str, option: str = "--psk") -> tuple[bytes, bytes]:
    """An identity and its key, from ``IDENTITY:HEX``; the identity may hold colons. Raises ConfigurationError."""
    identity, colon, digits = text.rpartition(":")
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if not colon or not key:
        raise ConfigurationError(f"{option}: write IDENTITY:HEX, the key in hexadecimal digits")  # the key is not shown
    return identity.encode(), key


def dh_group(name: str) -> str:
    """The name of a finite-field group that there is. Raises ConfigurationError."""
    from hellodone.policy import is_ffdhe
    from hellodone.registry.groups import NamedGroup, find_group

    with naming("--dh-group", "groups"):
        code = find_group(name)
    if not is_ffdhe(code):
        raise ConfigurationError(
            f"--dh-group {name}: it needs a finite-field group: ffdhe2048, ffdhe3072, ffdhe4096 ..."
        )
    return NamedGroup(code).name
