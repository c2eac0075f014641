"""After a refusal: whether another policy would have been accepted, found out by asking the server once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hellodone.cli import settings
from hellodone.cli.options import TlsChoice
from hellodone.errors import AlertDescription, FatalAlert, TlsError

if TYPE_CHECKING:
    from hellodone.cli.call import Call

_MORE = {"modern": "compatible"}  # the next policy that accepts more
# what a narrower policy can be the cause of; a certificate that does not verify is refused under every policy
_CAUSES = frozenset(
    (
        AlertDescription.handshake_failure,
        AlertDescription.insufficient_security,
        AlertDescription.illegal_parameter,
        AlertDescription.internal_error,
    )
)


def advise(call: Call, error: FatalAlert, choice: TlsChoice) -> str | None:
    """The sentence for people, None when the policy is not the cause.

    One more connection is made, without trace or key log, under the next wider policy.
    """
    name = call.config.policy.name
    wider = _MORE.get(name)
    if wider is None or error.alert not in _CAUSES:
        return None
    settings.note(f"hellodone: asking once more under the policy {wider!r} ...")
    try:
        with call.under(settings.policy(choice, wider)).open() as connection:
            suite = connection.cipher_suite
    except TlsError:
        return f"the policy {wider!r} would not have helped either"
    return f"the policy {name!r} is what stands in the way: with --policy {wider} the handshake works ({suite})"
