"""How long records may be: record_size_limit, and max_fragment_length, which it replaces."""

from __future__ import annotations

from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.handshake.limits import limit_at_once
from hellodone.messages.extensions.records import MaxFragmentLength, RecordSizeLimit
from hellodone.record.layer import MAX_PLAINTEXT, SMALLEST_LIMIT
from hellodone.registry.codes import ExtensionType
from hellodone.registry.codes import MaxFragmentLength as FragmentLength

_CODES = {code.length: int(code) for code in FragmentLength}
_LENGTHS = {code: length for length, code in _CODES.items()}


class RecordSizeLimitRule(Rule[RecordSizeLimit, RecordSizeLimit]):
    """Each side says the largest plaintext it takes in a protected record (RFC 8449, 4)."""

    extension_type = ExtensionType.record_size_limit
    offered = answered = RecordSizeLimit

    def offer(self, hs: ClientHandshake) -> RecordSizeLimit | None:
        """The configuration's, if it has one."""
        if hs._config.record_size_limit is None:
            return None
        hs.client_record_size_limit = hs._config.record_size_limit
        return RecordSizeLimit(hs.client_record_size_limit)

    def read(self, hs: ServerHandshake, offer: RecordSizeLimit | None) -> None:
        """Not too small; more than TLS 1.2 allows is no fault, for other versions may allow it."""
        if offer is not None:
            self._check(hs, offer)
            hs.client_record_size_limit = offer.record_size_limit

    def answer(self, hs: ServerHandshake) -> RecordSizeLimit | None:
        """Ours, if only the protocol's own limit."""
        if "client_record_size_limit" not in vars(hs):
            return None
        hs.server_record_size_limit = hs._config.record_size_limit or MAX_PLAINTEXT
        return RecordSizeLimit(hs.server_record_size_limit)

    def accept(self, hs: ClientHandshake, answer: RecordSizeLimit | None) -> None:
        """Not too small, and not more than TLS 1.2 allows."""
        if answer is None:
            return
        self._check(hs, answer)
        hs.check(
            answer.record_size_limit <= MAX_PLAINTEXT,
            AlertDescription.illegal_parameter,
            f"the server's record_size_limit is at most {MAX_PLAINTEXT} (RFC 8449, 4)",
            lambda: f"it is {answer.record_size_limit}",
        )
        hs.server_record_size_limit = answer.record_size_limit

    @staticmethod
    def _check(hs: ClientHandshake | ServerHandshake, said: RecordSizeLimit) -> None:
        hs.check(
            said.record_size_limit >= SMALLEST_LIMIT,
            AlertDescription.illegal_parameter,
            f"record_size_limit is at least {SMALLEST_LIMIT} (RFC 8449, 4)",
            lambda: f"it is {said.record_size_limit}",
        )


class MaxFragmentLengthRule(Rule[MaxFragmentLength, MaxFragmentLength]):
    """The client asks for short records both ways (RFC 6066, 4). To come after record_size_limit, which goes before."""

    extension_type = ExtensionType.max_fragment_length
    offered = answered = MaxFragmentLength

    def offer(self, hs: ClientHandshake) -> MaxFragmentLength | None:
        """The configuration's."""
        hs._fragment_length_offered = hs._config.max_fragment_length
        return MaxFragmentLength(_CODES[hs._fragment_length_offered]) if hs._fragment_length_offered else None

    def read(self, hs: ServerHandshake, offer: MaxFragmentLength | None) -> None:
        """One of the four lengths; ignored beside record_size_limit (RFC 8449, 5)."""
        if offer is None or "client_record_size_limit" in vars(hs):
            return
        hs.check(
            offer.max_fragment_length in _LENGTHS,
            AlertDescription.illegal_parameter,
            "max_fragment_length is 512, 1024, 2048 or 4096 bytes (RFC 6066, 4)",
            lambda: f"its value is {offer.max_fragment_length}",
        )
        hs._fragment_length_offered = _LENGTHS[offer.max_fragment_length]

    def answer(self, hs: ServerHandshake) -> MaxFragmentLength | None:
        """The same; a session that is continued keeps its length."""
        if "server_record_size_limit" in vars(hs):
            return None
        agreed = hs._fragment_length_offered if hs._session is None else hs._session.max_fragment_length
        if not agreed:
            return None
        hs.max_fragment_length = agreed
        limit_at_once(hs)
        return MaxFragmentLength(_CODES[agreed]) if agreed == hs._fragment_length_offered else None

    def accept(self, hs: ClientHandshake, answer: MaxFragmentLength | None) -> None:
        """The same as was asked for, and not beside record_size_limit (RFC 8449, 5)."""
        if answer is not None:
            hs.check(
                "server_record_size_limit" not in vars(hs),
                AlertDescription.illegal_parameter,
                "the server answers one of max_fragment_length and record_size_limit (RFC 8449, 5)",
            )
            hs.check(
                _LENGTHS.get(answer.max_fragment_length) == hs._fragment_length_offered,
                AlertDescription.illegal_parameter,
                "the server's max_fragment_length is the one we asked for (RFC 6066, 4)",
                lambda: f"its value is {answer.max_fragment_length}",
            )
            hs.max_fragment_length = hs._fragment_length_offered
        elif hs.resumed and hs._session is not None and hs._session.max_fragment_length:
            hs.max_fragment_length = hs._session.max_fragment_length
        else:
            return
        limit_at_once(hs)
