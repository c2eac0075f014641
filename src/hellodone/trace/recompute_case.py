"""One value of one handshake that is to be computed again, and where its inputs are found in the trace."""

from __future__ import annotations

from hellodone.crypto.secret import Secret
from hellodone.errors import ConfigurationError
from hellodone.registry.ffdhe import KNOWN_GROUPS, DHGroup
from hellodone.registry.suites import CipherSuite
from hellodone.trace.courses import Course
from hellodone.trace.fact_messages import content
from hellodone.trace.given import Told
from hellodone.trace.model import WITHHELD, Party
from hellodone.trace.recompute_keys import CURVES, Curve
from hellodone.trace.traits import Trait

_HEX = frozenset("0123456789abcdef")
KEY_PARTS = (
    *("client_write_mac_key", "server_write_mac_key", "client_write_key", "server_write_key"),
    *("client_write_iv", "server_write_iv"),
)
"""What is cut from the key block, in this order (RFC 5246, 6.3)."""


class Case:
    """The values are hexadecimal digits. Every property and method raises ConfigurationError for what is not there."""

    def __init__(self, known: Told, course: Course, name: str, party: Party, server_key: str = "") -> None:
        self.course = course
        self.name = name
        self.party = party
        self.server_key = server_key
        self._told = known

    @property
    def suite(self) -> CipherSuite:
        """The cipher suite."""
        if self.course.suite is None:
            raise ConfigurationError("no cipher suite was chosen in that handshake")
        return self.course.suite

    @property
    def prf_hash(self) -> str:
        """The hash of the PRF, as hashlib names it."""
        return self.suite.prf_hash

    def has(self, *traits: Trait) -> bool:
        """Whether the handshake has these traits."""
        return self.course.traits.issuperset(traits)

    def tells(self, name: str) -> bool:
        """Whether anybody's reactions have that fact."""
        return any((party, self.course.index, name) in self._told for party in Party)

    def value(self, name: str) -> str:
        """The digits of a fact as this party has it, or as the other has."""
        return _digits(name, self.text(name))

    def text(self, name: str) -> str:
        """The same for a fact that is no number of octets."""
        for party in (self.party, Party.client, Party.server):
            found = self._told.get((party, self.course.index, name))
            if found is not None:
                return self._shown(name, found[1].value)
        raise ConfigurationError(f"the trace does not tell {name} of that handshake")

    def expected(self) -> str:
        """The value that is to come out."""
        if self.name == "key_block":
            return "".join(self.value(part) for part in KEY_PARTS if self.tells(part))
        return self.value(self.name)

    def covered(self, fact: str) -> tuple[tuple[str, bytes], ...]:
        """The messages that the fact's hash covers, by name."""
        return tuple([(step.name, step.raw) for step in self.course.covered(fact)])

    def exchange(self) -> tuple[str, str]:
        """This party's private value and the other's public one, by the names of the facts."""
        fixed = Trait.static if self.party is Party.server else Trait.client_static
        if fixed in self.course.traits:
            raise ConfigurationError(f"{self.name} is computed with the key of a certificate, which is in no trace")
        if self.party is Party.client:
            return "client_ephemeral_private", "server_share"
        if self.party is Party.server:
            return "server_ephemeral_private", "client_share"
        raise ConfigurationError(f"the {self.party} has no private value of its own")

    @property
    def curve(self) -> Curve:
        """The curve of the key exchange."""
        name = self.text("group")
        code = name.rpartition("(")[2].rstrip(")")
        curve = CURVES.get(int(code)) if code.isdecimal() else None
        if curve is None:
            raise ConfigurationError(f"{name} is no curve that can be computed with here")
        return curve

    @property
    def prime(self) -> str:
        """dh_p, from the server's message or by the name of the group."""
        parameters = self.course.message("ServerKeyExchange", Party.server)
        found = content(parameters, "params", "dh_p") if parameters is not None else None
        return found.hex() if found else f"{self._group(self.text('dh_group')).p:x}"

    @property
    def generator(self) -> int:
        """dh_g, likewise."""
        parameters = self.course.message("ServerKeyExchange", Party.server)
        found = content(parameters, "params", "dh_g") if parameters is not None else None
        return int.from_bytes(found, "big") if found else self._group(self.text("dh_group")).g

    def _group(self, name: str) -> DHGroup:
        if name not in KNOWN_GROUPS:
            raise ConfigurationError(f"the trace does not have the numbers of the group: {name}")
        return KNOWN_GROUPS[name]

    def _shown(self, name: str, value: object) -> str:
        if isinstance(value, Secret) or str(value).startswith(WITHHELD):
            raise ConfigurationError(f"the trace does not show {name}: secrets are withheld")
        return str(value)


def _digits(name: str, value: str) -> str:
    """A trace may come from anybody, and what is made of it is pasted into a shell: digits, nothing else."""
    if len(value) % 2 or not value or not _HEX.issuperset(value):
        raise ConfigurationError(f"{name} is not given in hexadecimal digits")
    return value
