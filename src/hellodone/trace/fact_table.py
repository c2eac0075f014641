"""The table of facts: meaning, RFC section and sources of every name (see facts.py and fact_info.py)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hellodone.trace.fact_info import FactInfo
from hellodone.trace.fact_table_extensions import EXTENSIONS
from hellodone.trace.fact_table_hello import CERTIFICATES, CLIENT_HELLO, SERVER_HELLO
from hellodone.trace.fact_table_keys import KEY_EXCHANGE, KEYS

FACTS: Mapping[str, FactInfo] = MappingProxyType(
    {info.name: info for info in (*CLIENT_HELLO, *SERVER_HELLO, *EXTENSIONS, *CERTIFICATES, *KEY_EXCHANGE, *KEYS)}
)
