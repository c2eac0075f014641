"""Cipher suites: what is read out of a name is what the registry's columns say, for every row."""

from __future__ import annotations

import ssl

import pytest

from hellodone.errors import ConfigurationError
from hellodone.registry.suites import (
    TLS_EMPTY_RENEGOTIATION_INFO_SCSV,
    TLS_FALLBACK_SCSV,
    CipherSuite,
    cipher_suite,
    find_cipher_suite,
    parse_cipher_list,
    suite_name,
)
from tests.registry import data

Row = dict[str, str]

ROWS = {int(row["value"], 16): row for row in data.rows("cipher_suites")}
TLS12 = {code: row for code, row in ROWS.items() if row["versions"] not in ("TLS1.3", "signal")}
GOST = {code for code, row in TLS12.items() if "GOST" in row["key_exchange"]}
BUILT = {code: row for code, row in TLS12.items() if code not in GOST}

KINDS = {"GCM": "aead", "CCM": "aead", "CCM_8": "aead", "AEAD": "aead", "CBC": "block", "stream": "stream"}
FAMILIES = {"Camellia": "CAMELLIA", "3DES-EDE": "3DES_EDE", "ChaCha20-Poly1305": "CHACHA20_POLY1305"}
BLOCKS = {"AES": 16, "Camellia": 16, "ARIA": 16, "SEED": 16, "IDEA": 8, "3DES-EDE": 8, "DES": 8, "RC2": 8}
DIGESTS = {"HMAC-MD5": 16, "HMAC-SHA1": 20, "HMAC-SHA256": 32, "HMAC-SHA384": 48, "AEAD": 0, "HMAC-NULL": 0}
PARITY = {"3DES-EDE": (168, 24), "DES": (56, 8)}  # key_bits does not count the parity bits


def built(code: int) -> CipherSuite:
    suite = cipher_suite(code)
    assert suite is not None
    return suite


def test_names_are_the_registrys() -> None:
    for code, row in BUILT.items():
        suite = built(code)
        assert (suite.code, suite.name, suite.openssl_name) == (code, row["iana_name"], row["openssl_name"])
        assert suite.reference.replace(" ", "") == row["reference"]


def test_cipher_is_the_registrys() -> None:
    for code, row in BUILT.items():
        cipher = built(code).cipher
        bits = int(row["key_bits"])
        bits, key_length = PARITY.get(row["cipher"], (bits, bits // 8)) if bits > 40 else (bits, bits // 8)

        assert cipher.kind == KINDS.get(row["mode"], "null")
        assert cipher.name.startswith(FAMILIES.get(row["cipher"], row["cipher"]))
        assert (int(row["key_bits"]), cipher.key_length) == (bits, key_length)
        assert cipher.name.endswith("CCM_8") == (row["mode"] == "CCM_8")


def test_lengths_follow_from_the_kind_of_cipher() -> None:
    for code, row in BUILT.items():
        cipher = built(code).cipher
        lengths = (cipher.block_length, cipher.fixed_iv_length, cipher.record_iv_length, cipher.tag_length)

        if row["mode"] == "CBC":  # RFC 5246, 6.2.3.2
            block = BLOCKS[row["cipher"]]
            assert lengths == (block, 0, block, 0)
        elif row["mode"] == "CCM_8":  # RFC 6655, 4
            assert lengths == (0, 4, 8, 8)
        elif row["mode"] in ("GCM", "CCM"):  # RFC 5288, 3
            assert lengths == (0, 4, 8, 16)
        elif row["mode"] == "AEAD":  # RFC 7905, 2
            assert lengths == (0, 12, 0, 16)
        else:
            assert lengths == (0, 0, 0, 0)


def test_mac_and_prf_are_the_registrys() -> None:
    for code, row in BUILT.items():
        suite = built(code)
        assert suite.mac.length == DIGESTS[row["mac"]]
        assert suite.mac.hash == (row["mac"].removeprefix("HMAC-").lower() if suite.mac.length else "")
        assert suite.prf_hash == (row["prf_or_hkdf_hash"].lower() or "sha256")
        assert suite.is_aead == (row["mac"] == "AEAD")
        assert suite.is_cbc == (row["mode"] == "CBC")
        assert suite.is_null == (row["cipher"] == "NULL")


def test_key_exchange_is_the_registrys() -> None:
    for code, row in BUILT.items():
        suite = built(code)
        kx = row["key_exchange"].removesuffix(" (export)")
        anonymous = row["authentication"] == "anon"
        ephemeral = anonymous or kx.startswith(("DHE", "ECDHE"))

        assert suite.key_exchange.export == row["key_exchange"].endswith("(export)")
        assert suite.anonymous == anonymous
        assert suite.ephemeral == ephemeral
        assert suite.elliptic == kx.startswith("ECDH")
        assert suite.finite_field == kx.startswith("DH")
        assert suite.psk == ("PSK" in kx)
        assert suite.forward_secret == (ephemeral or kx in ("SRP", "ECCPWD"))


def test_certificates_and_signatures_follow_from_the_authentication() -> None:
    for code, row in BUILT.items():
        suite = built(code)
        kx, authentication = row["key_exchange"], row["authentication"]
        certified = authentication in ("RSA", "DSS", "ECDSA", "RSA+PSK")

        assert suite.authenticates_server == certified
        if suite.ephemeral and certified:
            signature = {"RSA": "rsa", "DSS": "dsa", "ECDSA": "ecdsa"}[authentication]
            key = {"RSA": "rsa", "DSS": "dsa", "ECDSA": "ec"}[authentication]
            assert (suite.key_exchange.server_signature, suite.key_exchange.certificate_key) == (signature, key)
        elif certified and kx.startswith(("DH", "ECDH")):
            key = "ec" if suite.elliptic else "dh"
            assert (suite.key_exchange.server_signature, suite.key_exchange.certificate_key) == (None, key)
        elif certified and "SRP" not in kx:
            assert suite.key_exchange.certificate_key == "rsa"


def test_use_in_tls12_is_the_registrys() -> None:
    for code, row in BUILT.items():
        assert built(code).usable_in_tls12 == row["versions"].endswith("TLS1.2")


@pytest.mark.parametrize("code", sorted({*ROWS} - {*BUILT}), ids=suite_name)
def test_signals_tls13_and_gost_have_names_but_no_structure(code: int) -> None:
    assert cipher_suite(code) is None
    assert suite_name(code) == ROWS[code]["iana_name"]


@pytest.mark.parametrize("row", data.rows("cipher_suites_nonstandard"), ids=lambda row: row["value"])
def test_private_numbers_are_only_named(row: Row) -> None:
    code = int(row["value"], 16)

    assert cipher_suite(code) is None
    assert suite_name(code).removesuffix("_OLD") == row["iana_name"]


def test_no_two_numbers_share_a_name() -> None:
    codes = [*ROWS, *(int(row["value"], 16) for row in data.rows("cipher_suites_nonstandard"))]

    assert len({suite_name(code) for code in codes}) == len(codes)


def test_other_numbers() -> None:
    assert suite_name(0x0A0A) == "GREASE(0x0a0a)"
    assert suite_name(0x1234) == "unknown(0x1234)"
    assert cipher_suite(0x0A0A) is cipher_suite(0x1234) is cipher_suite(0x10000) is None
    assert suite_name(TLS_EMPTY_RENEGOTIATION_INFO_SCSV) == "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"
    assert suite_name(TLS_FALLBACK_SCSV) == "TLS_FALLBACK_SCSV"


def test_a_suite_taken_apart() -> None:
    suite = find_cipher_suite("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384")

    assert str(suite) == suite.name == "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"
    assert suite.key_exchange.name == "ECDHE_RSA"
    assert (suite.cipher.name, suite.mac.name, suite.prf_hash) == ("AES_256_CBC", "HMAC-SHA384", "sha384")
    assert suite.key_block_length == 2 * (48 + 32)
    assert find_cipher_suite("AES128-GCM-SHA256").key_block_length == 2 * (16 + 4)


def test_every_suite_is_found_by_each_of_its_names() -> None:
    for code, row in BUILT.items():
        iana_name, openssl_name = row["iana_name"], row["openssl_name"]
        for name in filter(None, (iana_name, iana_name.removeprefix("TLS_").lower(), openssl_name)):
            assert find_cipher_suite(name).code == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("TLS_PSK_DHE_WITH_AES_128_CCM_8", 0xC0AA),
        ("TLS_DHE_PSK_WITH_AES_128_CCM_8", 0xC0AA),
        ("TLS_DHE_PSK_WITH_AES_256_CCM_8", 0xC0AB),
        ("DHE-RSA-DES-CBC3-SHA", 0x0016),
        ("EDH-RSA-DES-CBC3-SHA", 0x0016),
        ("DHE-DSS-DES-CBC3-SHA", 0x0013),
    ],
)
def test_other_names(name: str, code: int) -> None:
    assert find_cipher_suite(name).code == code


def test_no_plain_name_means_two_suites() -> None:
    names = [name for row in ROWS.values() for name in {row["iana_name"], row["openssl_name"]} if name]
    plain = [name.replace("_", "-").removeprefix("TLS-").upper() for name in names]

    assert len(set(plain)) == len(plain)


def test_openssl_agrees_on_names_and_numbers() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    theirs = {cipher["name"]: cipher["id"] & 0xFFFF for cipher in context.get_ciphers()}
    ours = {name: find_cipher_suite(name).code for name in theirs if not name.startswith("TLS_")}

    assert len(ours) > 20
    assert ours == {name: theirs[name] for name in ours}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ECDHE-RSA-AES128-GSM-SHA256", r"unknown cipher suite .*; did you mean TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("qqqq", r"^unknown cipher suite 'qqqq'$"),
        ("TLS_AES_128_GCM_SHA256", r"^TLS_AES_128_GCM_SHA256 is a suite of TLS 1\.3"),
        ("TLS_FALLBACK_SCSV", r"^TLS_FALLBACK_SCSV is a signal"),
        ("TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC", r"^TLS_GOST\w+ is not supported"),
    ],
)
def test_names_that_cannot_be_used_are_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        find_cipher_suite(name)


@pytest.mark.parametrize("separator", [",", ":", " ", ", ", "\n"])
def test_lists_keep_their_order_and_drop_repeats(separator: str) -> None:
    names = ["ECDHE-RSA-AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA", "dhe-rsa-aes128-sha"]

    assert parse_cipher_list(separator.join(names)) == (0xC02F, 0x002F, 0x0033)


@pytest.mark.parametrize("text", ["", " ", ":", ",,"])
def test_an_empty_list_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="empty"):
        parse_cipher_list(text)
