"""The table: what is measured, against what, how the two are compared, and what is aimed at.

To measure one thing more, add a row; a new contestant goes into ``PARTIES``, a new kind of work into :mod:`bench.jobs`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bench import limits
from bench.jobs import apart, bulk, crowd, drawing, handshake, messages, program, resumption, store, verification
from bench.measure import Sampler
from bench.parties.resuming import By
from bench.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two figures, ours and theirs, become one; ``at_most`` says on which side of a target it has to be."""

    name: str
    compare: Callable[[float, float], float]
    at_most: bool
    form: str = ".2f"

    def met(self, figure: float, target: float) -> bool:
        """Whether the target is reached."""
        return figure <= target if self.at_most else figure >= target

    def show(self, figure: float) -> str:
        """The figure for people."""
        return format(figure, self.form if figure < 1000 else ",.0f")


TIMES = Comparison("ratio of times", lambda ours, theirs: ours / theirs, at_most=True)
RATES = Comparison("ratio of rates", lambda ours, theirs: theirs / ours, at_most=False)
SIZES = Comparison("ratio of sizes", lambda ours, theirs: ours / theirs, at_most=True)
TAKES = Comparison("milliseconds", lambda ours, theirs: (ours - theirs) * 1e3, at_most=True, form=".1f")
MORE = Comparison("milliseconds more", lambda ours, theirs: (ours - theirs) * 1e3, at_most=True, form="+.0f")


@dataclass(frozen=True, slots=True)
class Against:
    """An opponent by name, and the figure aimed at (None: only shown)."""

    opponent: str
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One contest: ``contestant`` against each opponent, all in the same rounds.

    ``sampler`` makes the sampler of a contestant by its name. ``weight`` is the row's part of the time there is; a row
    with ``rounds`` has so many instead, for each takes seconds, and is left out when time is short. ``note`` tells what
    makes its figures other than asked for on this machine, if anything does.
    """

    name: str
    what: str
    sampler: Callable[[str], Sampler]
    against: tuple[Against, ...]
    comparison: Comparison = TIMES
    contestant: str = "hellodone"
    weight: float = 1.0
    rounds: int | None = None
    note: Callable[[], str] = str


FEW = 10  # connections held, where growth begins
_NO_TARGETS = (None, None, None)


def _handshake(
    what: str, scenario: Scenario, targets: Sequence[float | None] = _NO_TARGETS, weight: float = 1.0
) -> Row:
    """A full handshake against ssl, pyOpenSSL and the primitives."""
    opponents = ("ssl", "pyOpenSSL", "primitives")
    against = tuple(Against(opponent, target) for opponent, target in zip(opponents, targets, strict=True))
    name = what.lower().replace(", ", ".").replace(" ", "_")
    return Row(f"handshake.{name}", f"handshake {what}", partial(handshake, scenario), against, weight=weight)


def _verifying(scenario: Scenario) -> Row:
    """The same with a path that hellodone, too, verifies in every handshake."""
    what, against = scenario.key_exchange, tuple(map(Against, ("ssl", "pyOpenSSL", "primitives")))
    work = partial(handshake, scenario)
    return Row(
        f"verifying.{what.lower()}", f"{what}, path verified anew", work, against, contestant="hellodone verifying"
    )


def _resumption(by: By, what: str) -> Row:
    sampler = partial(resumption, Scenario(), by)
    return Row(f"resumption.{by}", f"resumed handshake, {what}", sampler, (Against("ssl", 0.55),))


_BULK = tuple(Against(*pair) for pair in (("ssl", 1.5), ("pyOpenSSL", None), ("primitives", 0.65)))


def _bulk(name: str, scenario: Scenario, against: tuple[Against, ...]) -> Row:
    return Row(f"bulk.{name}", f"bulk 256 KiB, {scenario.suite.cipher.name}", partial(bulk, scenario), against, RATES)


def _messages(size: int, label: str, target: float) -> Row:
    against = (Against("ssl", target), Against("pyOpenSSL"), Against("primitives"))
    work = partial(messages, Scenario(), size)
    return Row(f"messages.{size}", f"messages of {label}, both ways", work, against, RATES)


def _recording(name: str, what: str, sampler: Callable[[str], Sampler], weight: float = 1.0) -> Row:
    against = (Against("hellodone", 1.08),)
    return Row(f"recording.{name}", what, sampler, against, contestant="hellodone recording", weight=weight)


def _tlslite(
    name: str, what: str, sampler: Callable[[str], Sampler], comparison: Comparison = TIMES, rounds: int | None = None
) -> Row:
    """A row of its own, and a short one: no other contestant waits for the slowest."""
    against = (Against("tlslite-ng"),)
    return Row(f"tlslite.{name}", what, sampler, against, comparison, weight=0.5, rounds=rounds)


_SSL = (Against("ssl"),)


def _floor(
    name: str, what: str, sampler: Callable[[str], Sampler], against: tuple[str, ...], comparison: Comparison = TIMES
) -> Row:
    """What the shortest Python that there is would come to (``parties.shortest``, ``parties.shortest_resuming``)."""
    opponents = tuple(Against(opponent) for opponent in against)
    return Row(f"floor.{name}", f"floor: {what}", sampler, opponents, comparison, contestant="shortest")


def _crowd(held: int) -> Row:
    against = _SSL if held == FEW else (*_SSL, Against(f"with {FEW}"))
    return Row(f"crowd.{held}", f"handshake while {held:,} pairs are held", partial(crowd, held), against, rounds=31)


def _held(connections: int, rounds: int = 3) -> Row:
    return Row(
        f"held.{connections}",
        f"asyncio, each of {connections:,} connections held",
        partial(apart, "held", connections),
        _SSL,
        rounds=rounds,
        note=partial(limits.shortage, connections),
    )


def _drawing(format: str, target: float) -> Row:
    work = partial(drawing, format)
    return Row(
        f"drawing.{format}", f"a trace of 40 steps as {format}", work, (Against("-", target),), TAKES, weight=0.3
    )


ROWS = (
    _handshake("ECDHE_ECDSA", Scenario(), (0.75, 1.0, 1.45), weight=3),
    _handshake("ECDHE_RSA", Scenario("ECDHE_RSA"), (0.80, 1.0, 1.45), weight=2),
    _handshake("ECDHE_ECDSA, intermediate", Scenario(intermediates=1)),
    _handshake("ECDHE_ECDSA, client authentication", Scenario(client_auth=True)),
    _handshake("RSA", Scenario("RSA")),
    _handshake("DHE_RSA", Scenario("DHE_RSA"), weight=2),
    _verifying(Scenario()),
    _verifying(Scenario("ECDHE_RSA")),
    _resumption("id", "session ID"),
    _resumption("ticket", "ticket"),
    Row(
        "verification",
        "chain verified, ECDSA, intermediate",
        partial(verification, Scenario(intermediates=1)),
        (Against("cryptography", 1.15),),
    ),
    _bulk("aes_128_gcm", Scenario(), _BULK),
    _bulk("chacha20", Scenario(cipher="CHACHA20_POLY1305_SHA256"), tuple(Against(a.opponent) for a in _BULK)),
    _bulk("cbc", Scenario(cipher="AES_128_CBC_SHA256"), (Against("ssl"), Against("pyOpenSSL"))),
    _messages(64, "64 B", 0.6),
    _messages(1024, "1 KiB", 0.7),
    _recording("handshake", "recording, handshake ECDHE_ECDSA", partial(handshake, Scenario()), weight=2),
    _recording("bulk", "recording, bulk AES_128_GCM", partial(bulk, Scenario())),
    Row("start_up", "start-up", program, (Against("python -c pass", 150.0),), MORE, "hellodone --version"),
    _drawing("text", 5.0),
    _drawing("plantuml", 5.0),
    _drawing("html", 60.0),
    _floor("handshake", "handshake ECDHE_ECDSA", partial(handshake, Scenario()), ("ssl", "pyOpenSSL", "primitives")),
    _floor(
        "handshake.ecdhe_rsa",
        "handshake ECDHE_RSA",
        partial(handshake, Scenario("ECDHE_RSA")),
        ("ssl", "pyOpenSSL", "primitives"),
    ),
    _floor("id", "resumed handshake, session ID", partial(resumption, Scenario(), "id"), ("ssl",)),
    _floor("ticket", "resumed handshake, ticket", partial(resumption, Scenario(), "ticket"), ("ssl",)),
    _floor("messages", "messages of 64 B, both ways", partial(messages, Scenario(), 64), ("ssl", "primitives"), RATES),
    _floor("messages.1024", "messages of 1 KiB, both ways", partial(messages, Scenario(), 1024), ("ssl",), RATES),
    _floor("bulk", "bulk 256 KiB, AES_128_GCM", partial(bulk, Scenario()), ("ssl", "primitives"), RATES),
    _tlslite("ecdhe_ecdsa", "handshake ECDHE_ECDSA", partial(handshake, Scenario())),
    _tlslite("ecdhe_rsa", "handshake ECDHE_RSA", partial(handshake, Scenario("ECDHE_RSA"))),
    _tlslite("id", "resumed handshake, session ID", partial(resumption, Scenario(), "id")),
    _tlslite("ticket", "resumed handshake, ticket", partial(resumption, Scenario(), "ticket")),
    _tlslite("bulk", "bulk 256 KiB, AES_128_GCM", partial(bulk, Scenario()), RATES, rounds=3),
    _tlslite("messages", "messages of 64 B, both ways", partial(messages, Scenario(), 64), RATES),
    Row(
        "memory",
        "memory of an idle pair, 10,000 held",
        partial(apart, "memory", 10_000),
        (Against("ssl", 1.0),),
        SIZES,
        rounds=2,
    ),
    _crowd(FEW),
    _crowd(1000),
    _crowd(10_000),
    Row("transfer", "blocking sockets, 256 MiB over loopback", partial(apart, "transfer", 256), _SSL, rounds=3),
    _held(1000),
    _held(10_000, rounds=2),
    Row(
        "store",
        "session put and got, 1,000,000 in the store",
        store,
        (Against("with 100,000"), Against("with 1,000"), Against("with 10")),
        contestant="with 1,000,000",
        rounds=7,
    ),
    Row("noise", "noise, handshake ECDHE_ECDSA", partial(handshake, Scenario()), (Against("ssl again"),), TIMES, "ssl"),
)
"""In the order in which they are run and shown; the noise is what a contestant against itself gives."""
