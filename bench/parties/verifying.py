"""Verifying a chain: as a handshake does without a trace, and with the bare call of the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from bench.scenario import SERVER_NAME, Scenario
from hellodone.pki.chains import received_certificate
from hellodone.pki.names import normalize_server_name
from hellodone.pki.trust import TrustStore
from hellodone.pki.verified import VerifiedPaths
from hellodone.pki.verify import verify_server_chain


def ours(scenario: Scenario) -> Callable[[], object]:
    """From the bytes of a Certificate message: its certificates as a connection gets them, no path remembered."""
    trust, name = trust_without_memory(scenario), normalize_server_name(SERVER_NAME)
    encoded = scenario.credentials.server.encoded_chain

    def verify() -> object:
        chain = [received_certificate(der) for der in encoded]
        return verify_server_chain(chain, name, trust, datetime.now(UTC))

    return verify


def trust_without_memory(scenario: Scenario) -> TrustStore:
    """The root, for whom every path is verified anew."""
    trust = TrustStore(scenario.credentials.trust.anchors, "the root")
    trust.verified = VerifiedPaths(0)
    return trust


def library(scenario: Scenario) -> Callable[[], object]:
    """The shortest program that verifies the same bytes for the same name."""
    encoded, verify = scenario.credentials.server.encoded_chain, chain_verifier(scenario)
    return lambda: verify(encoded)


def chain_verifier(scenario: Scenario) -> Callable[[Sequence[bytes]], object]:
    """The same for whatever chain comes, the leaf first. It raises VerificationError."""
    store = Store([anchor.x509 for anchor in scenario.credentials.trust.anchors])

    def verify(encoded: Sequence[bytes]) -> object:
        leaf, *others = [x509.load_der_x509_certificate(der) for der in encoded]
        verifier = PolicyBuilder().store(store).time(datetime.now(UTC)).build_server_verifier(x509.DNSName(SERVER_NAME))
        return verifier.verify(leaf, others)

    return verify
