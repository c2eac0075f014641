from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.crypto.errors import CryptoError
from hellodone.crypto.prf import (
    export_keying_material,
    extended_master_secret,
    hash_block_size,
    keyed_hmac,
    master_secret,
    prf,
    verify_data,
)
from hellodone.crypto.secret import Secret
from tests.crypto.vectors import DATA, illustrated, record

VECTORS: list[dict[str, Any]] = json.loads((DATA / "prf.json").read_text())["vectors"]


def hash_name(vector: dict[str, Any]) -> str:
    if vector["prf"] != "TLS 1.2":
        return "md5+sha1"
    return str(vector["hash"]).lower().replace("-", "")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['prf']} {vector['hash']}")
def test_published_vectors(vector: dict[str, Any]) -> None:
    secret, seed = bytes.fromhex(vector["secret"]), bytes.fromhex(vector["seed"])
    output = prf(secret, vector["label"].encode(), seed, vector["length"], hash_name(vector))
    assert output.hex() == vector["output"]


def p_hash_as_written(secret: bytes, seed: bytes, length: int, name: str) -> bytes:
    """RFC 5246, 5, literally: HMAC(secret, A(i) + seed) for i = 1, 2, ..."""
    output, a = b"", seed
    while len(output) < length:
        a = hmac.digest(secret, a, name)
        output += hmac.digest(secret, a + seed, name)
    return output[:length]


@given(
    secret=st.binary(max_size=200),
    label=st.binary(max_size=30),
    seed=st.binary(max_size=100),
    length=st.integers(0, 300),
    name=st.sampled_from(["md5", "sha1", "sha256", "sha384"]),
)
def test_prf_is_hmac_iterated_as_the_rfc_writes_it(
    secret: bytes, label: bytes, seed: bytes, length: int, name: str
) -> None:
    assert prf(secret, label, seed, length, name) == p_hash_as_written(secret, label + seed, length, name)


@given(secret=st.binary(max_size=65), length=st.integers(0, 100))
def test_the_old_prf_splits_the_secret_and_shares_its_middle(secret: bytes, length: int) -> None:
    half = (len(secret) + 1) // 2
    md5 = p_hash_as_written(secret[:half], b"label seed", length, "md5")
    sha1 = p_hash_as_written(secret[-half:] if half else b"", b"label seed", length, "sha1")
    expected = bytes(x ^ y for x, y in zip(md5, sha1, strict=True))
    assert prf(secret, b"label ", b"seed", length, "md5+sha1") == expected


def test_the_illustrated_handshake() -> None:
    values = illustrated()
    master = master_secret(values["premaster_secret"], values["client_random"], values["server_random"], "sha256")
    assert master == values["master_secret"]
    assert isinstance(master, Secret)
    key = keyed_hmac(master, "sha256")
    client = verify_data(key, b"client finished", values["handshake_hash_before_client_finished"])
    server = verify_data(key, b"server finished", values["handshake_hash_before_server_finished"])
    assert (client, server) == (values["client_verify_data"], values["server_verify_data"])


def test_the_illustrated_handshake_hash_is_that_of_its_records() -> None:
    names = ["clienthello", "serverhello", "servercert", "serverkeyexchange", "serverhellodone", "clientkeyexchange"]
    digest = hashlib.sha256(b"".join(record(name)[5:] for name in names)).digest()
    assert digest == illustrated()["handshake_hash_before_client_finished"]


def test_the_extended_master_secret_depends_on_the_session_hash_alone() -> None:
    secret = extended_master_secret(b"premaster", b"h" * 48, "sha384")
    assert secret == p_hash_as_written(b"premaster", b"extended master secret" + b"h" * 48, 48, "sha384")
    assert len(secret) == 48
    assert isinstance(secret, Secret)


def export(label: bytes = b"EXPERIMENTAL test", context: bytes | None = None, length: int = 40) -> Secret:
    return export_keying_material(b"m" * 48, b"c" * 32, b"s" * 32, label, length, "sha256", context)


def test_exporting_follows_rfc_5705() -> None:
    randoms = b"c" * 32 + b"s" * 32
    without = p_hash_as_written(b"m" * 48, b"EXPERIMENTAL test" + randoms, 40, "sha256")
    with_context = p_hash_as_written(b"m" * 48, b"EXPERIMENTAL test" + randoms + b"\x00\x03abc", 40, "sha256")
    assert export() == without
    assert export(context=b"abc") == with_context
    assert isinstance(export(), Secret)


def test_no_context_and_an_empty_one_differ() -> None:
    assert export(context=b"") != export()


def test_exporting_refuses_what_rfc_5705_excludes() -> None:
    with pytest.raises(CryptoError, match="reserved"):
        export(label=b"key expansion")
    with pytest.raises(CryptoError, match="65535"):
        export(context=bytes(65536))


def test_an_unknown_hash_is_named() -> None:
    with pytest.raises(CryptoError, match="'sha3'"):
        prf(b"secret", b"label", b"seed", 12, "sha3")


@pytest.mark.parametrize("name", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
def test_hash_block_sizes_are_hashlibs(name: str) -> None:
    assert hash_block_size(name) == hashlib.new(name).block_size
