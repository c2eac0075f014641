"""After a refusal: whether a wider policy would have worked. A client asks once more, a server thinks it through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from hellodone.cli import settings
from hellodone.cli.options import TlsChoice
from hellodone.errors import AlertDescription, ConfigurationError, FatalAlert, TlsError
from hellodone.trace.model import Party

if TYPE_CHECKING:
    from hellodone.cli.call import Call
    from hellodone.config import ServerConfig
    from hellodone.policy import Policy
    from hellodone.trace.model import Trace

_ORDER = ("modern", "compatible", "historic")  # each accepts more than the one before
# what a narrow policy can be the cause of; a certificate that does not verify is refused under every policy
_CAUSES = frozenset(
    (
        AlertDescription.handshake_failure,
        AlertDescription.insufficient_security,
        AlertDescription.illegal_parameter,
        AlertDescription.internal_error,
    )
)
_HANDSHAKE, _TLS10 = 22, 0x0301
_EMPTY_CERTIFICATE = 7  # bytes: the header and an empty list (RFC 5246, 7.4.6)


def advise(call: Call, error: FatalAlert, choice: TlsChoice) -> str | None:
    """For ``connect``: the sentence, None when the policy is not the cause.

    Each wider policy costs one more connection, without trace or key log, until one is accepted.
    """
    name = call.config.policy.name
    if _showed_no_certificate(error):
        return "the server asked who the client is and was shown no certificate: try --cert FILE --key FILE"
    if error.alert not in _CAUSES:
        return None
    tried = []
    for wider in _wider(name, choice):
        settings.note(f"hellodone: asking once more under the policy {wider.name!r} ...")
        tried.append(wider.name)
        try:
            with call.under(wider).open() as connection:
                return _sentence(name, wider.name, str(connection.cipher_suite))
        except TlsError:
            continue
    return f"a wider policy would not have helped: tried {' and '.join(tried)}" if tried else None


def advise_server(config: ServerConfig, trace: Trace, error: TlsError, choice: TlsChoice) -> str | None:
    """For ``serve``: the sentence, None when no policy of ours would have accepted the client's hello."""
    hello = next((step.raw for step in trace.steps if step.name == "ClientHello" and step.raw), b"")
    if not isinstance(error, FatalAlert) or error.sender != "us" or error.alert not in _CAUSES or not hello:
        return None
    config = replace(config, record=False, key_log=None)
    if _answered(config, hello):
        return None  # the hello was not what was refused
    for wider in _wider(config.policy.name, choice):
        suite = _answered(replace(config, policy=wider), hello)
        if suite:
            return _sentence(config.policy.name, wider.name, suite)
    return None


def _showed_no_certificate(error: FatalAlert) -> bool:
    """Whether the server asked for the client's certificate, got an empty list and gave up."""
    steps = error.trace.steps if error.trace is not None and error.sender == "peer" else ()
    mine = [step for step in steps if step.name == "Certificate" and step.sender is Party.client]
    return bool(mine) and mine[-1].length == _EMPTY_CERTIFICATE


def _wider(name: str, choice: TlsChoice) -> Iterator[Policy]:
    """The policies that accept more than the one called ``name``, narrowed by the lists that were given."""
    if name not in _ORDER:
        return
    for wider in _ORDER[_ORDER.index(name) + 1 :]:
        try:
            yield settings.policy(choice, wider)
        except ConfigurationError:
            continue


def _answered(config: ServerConfig, hello: bytes) -> str:
    """The suite in which a server of that configuration answers the hello, "" when it refuses it too."""
    from hellodone.endpoint import ServerConnection

    connection = ServerConnection(config)
    try:
        for start in range(0, len(hello), 2**14):
            fragment = hello[start : start + 2**14]
            header = bytes([_HANDSHAKE, *_TLS10.to_bytes(2, "big"), *len(fragment).to_bytes(2, "big")])
            connection.receive_data(header + fragment)
    except TlsError:
        return ""
    return str(connection.cipher_suite or "")


def _sentence(name: str, wider: str, suite: str) -> str:
    return f"the policy {name!r} is what stands in the way: with --policy {wider} the handshake works ({suite})"
