from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.peers import require
from tests.session.redis_server import RedisServer


@pytest.fixture(scope="module", name="shared_redis")
def started_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One redis-server for the tests of a module that only talk to it."""
    yield from serving(tmp_path_factory.mktemp("redis"))


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A redis-server of the test's own, to stop and start."""
    yield from serving(tmp_path)


def serving(folder: Path) -> Iterator[RedisServer]:
    server = RedisServer(require("redis-server"), folder)
    server.start()
    yield server
    server.stop()
