"""Names as people write them, and which certificates are for them (RFC 9525)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import ConfigurationError
from hellodone.pki.names import ServerName, match, mismatch, normalize_server_name
from tests.pki.conftest import Issue


@pytest.mark.parametrize(
    ("written", "kind", "text"),
    [
        ("Example.COM", "dns", "example.com"),
        ("example.com.", "dns", "example.com"),
        ("localhost", "dns", "localhost"),
        ("my_service.local", "dns", "my_service.local"),
        ("bücher.example", "dns", "xn--bcher-kva.example"),
        ("BÜCHER.example", "dns", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "dns", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "dns", "xn--bcher-kva.example"),
        ("faß.de", "dns", "xn--fa-hia.de"),  # not fass.de, which is what IDNA 2003 makes of it
        ("βόλος.com", "dns", "xn--nxasmm1c.com"),
        ("日本語。jp", "dns", "xn--wgv71a119e.jp"),
        ("☃.net", "dns", "xn--n3h.net"),
        ("192.0.2.1", "ip", "192.0.2.1"),
        ("::1", "ip", "::1"),
        ("[2001:DB8:0:0::1]", "ip", "2001:db8::1"),
        ("[fe80::1%eth0]", "ip", "fe80::1"),
    ],
)
def test_canonical_forms(written: str, kind: str, text: str) -> None:
    name = normalize_server_name(written)
    assert (name.kind, name.text, str(name)) == (kind, text, text)
    assert normalize_server_name(text) == name


@pytest.mark.parametrize(
    "written",
    ["", ".", "a..b", "-a.example", "a-.example", "x" * 64 + ".example", ("a" * 60 + ".") * 5, "a b", "*.example.com",
     "127.1", "0x7f.0.0.1", "2130706433", "1.2.3.256", "https://example.com/", "example.com:443", "[192.0.2.1]",
     "user@example.com", "exa\u200dmple.com", "a\x00b", "[::1", "\u2100.example", "\udcff.example"],
)  # fmt: skip
def test_what_is_no_server_name(written: str) -> None:
    with pytest.raises(ConfigurationError, match="is no server name") as caught:
        normalize_server_name(written)
    assert caught.value.reason.isprintable()


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_a_complaint(text: str) -> None:
    try:
        name = normalize_server_name(text)
    except ConfigurationError:
        return
    assert name.text.isascii()
    assert name.text == name.text.lower()
    assert normalize_server_name(name.text) == name


@pytest.mark.parametrize(
    ("presented", "asked", "expected"),
    [
        ("www.example.com", "www.example.com", True),
        ("WWW.Example.COM", "www.example.com", True),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "xn--bcher-kva.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("w*.example.com", "www.example.com", False),
        ("www.*.com", "www.example.com", False),
        ("*", "localhost", False),
        ("*.com", "example.com", False),
        ("*.*.com", "www.example.com", False),
        ("example.com", "www.example.com", False),
        ("192.0.2.1", "example.com", False),
        ("2001:db8::1", "2001:db8:0::1", True),
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_matching(issue: Issue, presented: str, asked: str, expected: bool) -> None:
    certificate = issue(names=(presented,))[0]
    assert match(normalize_server_name(asked), certificate) is expected


def test_an_address_written_as_a_dns_name_in_the_certificate_is_none(issue: Issue) -> None:
    certificate = issue(names=("192.0.2.1.example",), subject="192.0.2.1")[0]
    assert not match(ServerName("ip", "192.0.2.1"), certificate)


def test_a_long_list_of_names_is_cut_in_the_sentence(issue: Issue) -> None:
    certificate = issue(names=tuple(f"n{i}.example" for i in range(2000)))[0]
    sentence = mismatch(normalize_server_name("www.example"), certificate)
    assert sentence.endswith("n4.example, n5.example and 1,994 more")
