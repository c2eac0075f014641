"""What a configuration makes of what it was given."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from hellodone.config import ClientConfig, Config, ServerConfig


@pytest.mark.parametrize("config", [ClientConfig(trust=None), ServerConfig()], ids=["client", "server"])
def test_random_bytes_come_from_the_system_unless_another_source_is_named(config: Config) -> None:
    assert config.random_bytes is os.urandom
    reproducible = replace(config, random=bytes)
    assert reproducible.random_bytes is bytes
    assert replace(reproducible, random=None).random_bytes is os.urandom
