"""A server that fetches its staples over HTTP in a thread of its own, and shows them."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

from hellodone.clock import utc_now
from hellodone.config import ClientConfig, ServerConfig
from hellodone.pki.laboratory import LabAuthority
from hellodone.transport.client import connect
from hellodone.transport.listener import TlsListener
from hellodone.transport.stapling import StaplingThread, stapler_for
from tests.transport.responder import responding


def test_a_server_staples_what_it_fetched() -> None:
    with responding(LabAuthority.create(at=datetime.now(UTC))) as ca:
        config = ServerConfig(identity=ca.issue_server(key="ec"))
        stapler = stapler_for(config, issuers=(ca.root,))
        with StaplingThread(stapler, utc_now) as thread:
            deadline = time.monotonic() + 10
            while stapler(config.identities[0].leaf) is None and time.monotonic() < deadline:
                time.sleep(0.01)
            assert stapler(config.identities[0].leaf) is not None
        thread._thread.join(5)
        assert not thread._thread.is_alive()
        with TlsListener(("127.0.0.1", 0), replace(config, ocsp_response=stapler)) as listener:
            served = threading.Thread(target=lambda: _serve(listener))
            served.start()
            with connect(listener.address, ClientConfig(trust=ca.trust), timeout=10) as tls:
                (answer,) = tls.connection.handshake.server_revocation
                assert (answer.kind, answer.status) == ("staple", "good")
            served.join(10)


def test_a_thread_without_anything_to_do_ends() -> None:
    config = ServerConfig(identity=LabAuthority.create(at=datetime.now(UTC)).issue_server(key="ec"))
    thread = StaplingThread(stapler_for(config), utc_now)
    thread._thread.join(5)
    assert not thread._thread.is_alive()
    thread.close()


def _serve(listener: TlsListener) -> None:
    with listener.accept() as tls:
        tls.do_handshake(10)
        tls.recv()
