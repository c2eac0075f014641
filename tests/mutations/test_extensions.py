"""Handshakes with every extension that brings a message or another form of one: changed bytes never get through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hellodone.handshake.supplements import user_mapping, user_mapping_accepted
from tests.handshake.test_authorities import CHAIN, shelf, visitor
from tests.handshake.test_raw_keys import bare
from tests.handshake.test_supplements import PRIVATE
from tests.mutations.test_streams import Flip, check_refused
from tests.pairs import Pair, client_config, client_identity, compatible, pair, server_config, server_identity
from tests.stapling import ocsp_response

POLICY = compatible("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
VERSION = 2  # of the first record: free, RFC 5246, E.1
STEP = 4  # every byte takes half a minute


def certificates() -> Pair:
    """Everything about certificates, and supplemental data both ways."""
    client = client_config(
        policy=POLICY,
        identity=visitor(),
        certificate_urls=[CHAIN],
        supplements=[PRIVATE, user_mapping("me@example.org")],
        max_fragment_length=1024,
        padding=700,
        ocsp_multi=True,
        certificate_timestamps=True,
        trusted_ca_keys="x509_name",
    )
    server = server_config(
        policy=POLICY,
        client_auth="required",
        fetch_certificate=shelf().get,
        supplements=[PRIVATE, user_mapping_accepted()],
        ocsp_response=ocsp_response,
        certificate_timestamps=[b"a timestamp"],
    )
    return pair(client, server)


def raw_keys() -> Pair:
    """Keys alone on both sides."""
    ours, theirs = bare(client_identity("ec")), bare(server_identity("ec"))
    client = client_config(policy=POLICY, identity=ours, trusted_keys=[theirs.leaf.der], record_size_limit=300)
    server = server_config(policy=POLICY, identity=theirs, trusted_keys=[ours.leaf.der], client_auth="required")
    return pair(client, server)


@pytest.mark.parametrize("make", [certificates, raw_keys])
@pytest.mark.parametrize("sender", ["client", "server"])
def test_changed_bytes(make: Callable[[], Pair], sender: str) -> None:
    whole = make().pump()
    assert whole.completed
    length = len(whole.to_server if sender == "client" else whole.to_client)
    for offset in range(0, length, STEP):
        if offset == VERSION:
            continue
        flip = Flip(offset, (0x01, 0x80, 0xFF)[offset // STEP % 3])
        ends = make()
        ends.pump(to_server=flip) if sender == "client" else ends.pump(to_client=flip)
        try:
            check_refused(ends)
        except AssertionError as fault:
            raise AssertionError(f"byte {offset} of the {sender}'s stream") from fault
