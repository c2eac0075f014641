"""The block of extensions, and the data of each."""

from __future__ import annotations

from typing import Any

import pytest

from hellodone.errors import DecodeError, EncodeError
from hellodone.messages.extensions import (
    Extension,
    Extensions,
    empty,
    extension_block,
    extension_form,
    names,
    records,
    tls13,
    trust,
)
from hellodone.messages.extensions import algorithms as alg
from hellodone.registry.codes import ExtensionType, HandshakeType
from hellodone.wire.codec import Reader
from hellodone.wire.struct import dissect

CLIENT, SERVER, RETRY = HandshakeType.client_hello, HandshakeType.server_hello, HandshakeType.hello_retry_request
SHA1 = bytes(range(20))


@pytest.mark.parametrize(
    ("kind", "message", "value", "raw"),
    [
        (0, CLIENT, names.ServerNameList((names.ServerName(0, b"a.b"),)), "0006" + "00" + "0003612e62"),
        (0, SERVER, empty.ServerNameAcknowledgement(), ""),
        (1, CLIENT, records.MaxFragmentLength(1), "01"),
        (1, SERVER, records.MaxFragmentLength(4), "04"),
        (2, CLIENT, empty.ClientCertificateURL(), ""),
        (
            3,
            CLIENT,
            trust.TrustedAuthorities(
                (
                    trust.TrustedAuthority(0, trust.PreAgreed()),
                    trust.TrustedAuthority(1, SHA1),
                    trust.TrustedAuthority(2, b"\x30\x00"),
                )
            ),
            "001b" + "00" + "01" + SHA1.hex() + "02" + "00023000",
        ),
        (3, SERVER, empty.TrustedCAKeysAcknowledgement(), ""),
        (4, CLIENT, empty.TruncatedHMAC(), ""),
        (5, CLIENT, trust.CertificateStatusRequest(1, trust.OCSPStatusRequest((), b"")), "0100000000"),
        (5, CLIENT, trust.CertificateStatusRequest(1, trust.OCSPStatusRequest((b"id",), b"x")), "01000400026964000178"),
        (5, CLIENT, trust.CertificateStatusRequest(9, b"what"), "09" + b"what".hex()),
        (5, SERVER, empty.CertificateStatusAcknowledgement(), ""),
        (6, CLIENT, trust.UserMappingTypeList((64,)), "0140"),
        (7, CLIENT, trust.AuthzDataFormats((0, 1)), "020001"),
        (8, SERVER, trust.AuthzDataFormats((3,)), "0103"),
        (9, CLIENT, alg.CertificateTypes((1, 0)), "020100"),
        (9, SERVER, alg.CertificateTypeChoice(0), "00"),
        (10, CLIENT, alg.NamedGroupList((29, 23)), "0004001d0017"),
        (11, CLIENT, alg.ECPointFormatList((0,)), "0100"),
        (12, CLIENT, alg.SRPIdentity(b"user"), "0475736572"),
        (13, CLIENT, alg.SupportedSignatureAlgorithms((0x0403, 0x0804)), "000404030804"),
        (14, CLIENT, records.UseSRTPData((1, 7), b""), "00040001000700"),
        (15, CLIENT, records.HeartbeatExtension(1), "01"),
        (16, CLIENT, names.ProtocolNameList((b"h2", b"http/1.1")), "000c02683208687474702f312e31"),
        (
            17,
            CLIENT,
            trust.CertificateStatusRequestListV2(
                (trust.CertificateStatusRequestItemV2(2, trust.OCSPStatusRequest((), b"")),)
            ),
            "0007" + "02" + "0004" + "00000000",
        ),
        (17, SERVER, empty.CertificateStatusAcknowledgement(), ""),
        (18, CLIENT, empty.SignedCertificateTimestampRequest(), ""),
        (18, SERVER, trust.SignedCertificateTimestampList((b"sct",)), "00050003736374"),
        (19, CLIENT, alg.CertificateTypes((2,)), "0102"),
        (20, SERVER, alg.CertificateTypeChoice(2), "02"),
        (21, CLIENT, records.Padding(bytes(3)), "000000"),
        (22, SERVER, empty.EncryptThenMAC(), ""),
        (23, CLIENT, empty.ExtendedMasterSecret(), ""),
        (24, CLIENT, records.TokenBindingParameters(1, 0, (2,)), "01000102"),
        (25, CLIENT, trust.CachedInformation((trust.CachedObject(1, b"hash"),)), "0006010468617368"),
        (25, SERVER, trust.CachedInformationChoice((1,)), "000101"),
        (27, CLIENT, alg.CertificateCompressionAlgorithms((2,)), "020002"),
        (28, CLIENT, records.RecordSizeLimit(16385), "4001"),
        (34, CLIENT, alg.DelegatedCredentialRequest((0x0403,)), "00020403"),
        (35, CLIENT, records.SessionTicket(b"ticket"), b"ticket".hex()),
        (35, SERVER, records.SessionTicket(b""), ""),
        (41, SERVER, tls13.SelectedPsk(1), "0001"),
        (42, CLIENT, empty.EarlyData(), ""),
        (43, CLIENT, tls13.SupportedVersions((0x0304, 0x0303)), "0403040303"),
        (43, SERVER, tls13.SelectedVersion(0x0304), "0304"),
        (43, RETRY, tls13.SelectedVersion(0x0304), "0304"),
        (44, RETRY, tls13.Cookie(b"c"), "000163"),
        (45, CLIENT, tls13.PskKeyExchangeModes((1,)), "0101"),
        (47, CLIENT, trust.CertificateAuthorities((b"\x30\x00",)), "000400023000"),
        (49, CLIENT, empty.PostHandshakeAuth(), ""),
        (50, CLIENT, alg.SupportedSignatureAlgorithms((0x0401,)), "00020401"),
        (51, CLIENT, tls13.KeyShareClientHello((tls13.KeyShareEntry(29, b"k"),)), "0005001d00016b"),
        (51, CLIENT, tls13.KeyShareClientHello(()), "0000"),
        (51, SERVER, tls13.KeyShareServerHello(tls13.KeyShareEntry(29, b"k")), "001d00016b"),
        (51, RETRY, tls13.KeyShareHelloRetryRequest(23), "0017"),
        (57, CLIENT, tls13.QuicTransportParameters(b"q"), "71"),
        (58, CLIENT, records.TicketRequest(2, 1), "0201"),
        (13172, CLIENT, empty.NextProtocolNegotiationRequest(), ""),
        (13172, SERVER, names.NextProtocolNegotiation(b"\x02h2"), "026832"),
        (30032, SERVER, empty.ChannelID(), ""),
        (65037, CLIENT, tls13.ECHClientHello(1, tls13.InnerClientHello()), "01"),
        (
            65037,
            CLIENT,
            tls13.ECHClientHello(0, tls13.OuterClientHello(1, 1, 7, b"e", b"p")),
            "00" + "00010001" + "07" + "000165" + "000170",
        ),
        (65281, CLIENT, records.RenegotiationInfo(b""), "00"),
        (65281, SERVER, records.RenegotiationInfo(b"\xaa\xbb"), "02aabb"),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "encode") and not isinstance(value, str) else None,
)
def test_the_data_of_each_extension(kind: int, message: HandshakeType, value: Any, raw: str) -> None:
    form = extension_form(kind, message)
    assert form is type(value)
    assert value.encode().hex() == raw
    assert form.parse(bytes.fromhex(raw)) == value


def test_offered_psks() -> None:
    offered = tls13.OfferedPsks((tls13.PskIdentity(b"id", 5),), (bytes(32),))
    assert offered.encode().hex() == "0008" + "00026964" + "00000005" + "0021" + "20" + "00" * 32
    assert extension_form(ExtensionType.pre_shared_key, CLIENT) is tls13.OfferedPsks
    with pytest.raises(DecodeError):
        tls13.OfferedPsks.parse(bytes.fromhex("0008000269640000000500201f" + "00" * 31))


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        (names.ServerNameList, "0000"),
        (names.ServerNameList, "00030000" + "00"),
        (names.ProtocolNameList, "0000"),
        (names.ProtocolNameList, "000100"),
        (names.ProtocolNameList, "00020000"),
        (alg.NamedGroupList, "0003001d00"),
        (alg.NamedGroupList, "0004001d001700"),
        (alg.ECPointFormatList, "00"),
        (alg.SupportedSignatureAlgorithms, "0000"),
        (records.MaxFragmentLength, ""),
        (records.MaxFragmentLength, "0101"),
        (records.RenegotiationInfo, ""),
        (records.RenegotiationInfo, "0100ff"),
        (empty.ExtendedMasterSecret, "00"),
        (empty.EncryptThenMAC, "0000"),
        (trust.TrustedAuthorities, "000109"),
        (trust.CertificateStatusRequest, ""),
        (trust.CertificateStatusRequest, "010000"),
        (tls13.SupportedVersions, "00"),
        (tls13.ECHClientHello, "02"),
    ],
)
def test_what_the_declarations_exclude(form: Any, raw: str) -> None:
    with pytest.raises(DecodeError, match=f"^{form.__name__}"):
        form.parse(bytes.fromhex(raw))


def test_unknown_extensions_have_no_form() -> None:
    assert extension_form(0x0A0A, CLIENT) is None
    assert extension_form(0x1234, SERVER) is None
    assert extension_form(ExtensionType.server_name, HandshakeType.certificate) is None


def test_extensions_are_a_sequence_that_finds_by_type() -> None:
    first, second, again = Extension(10, b"a"), Extension(0x1234, b""), Extension(10, b"b")
    extensions = Extensions([first, second, again])
    assert list(extensions) == [first, second, again]
    assert (len(extensions), extensions[1], extensions[1:]) == (3, second, (second, again))
    assert extensions.types == (10, 0x1234, 10)
    assert extensions.get(10) == b"a"
    assert extensions.get(0x1234) == b""
    assert extensions.get(11) is None
    assert 10 in extensions
    assert 11 not in extensions
    assert second in extensions
    assert extensions.duplicates() == (10,)
    assert Extensions([first, second]).duplicates() == ()
    assert repr(Extensions([first, second])) == "Extensions(supported_groups, unknown(0x1234))"
    assert repr(Extensions()) == "Extensions(absent)"


def test_extensions_do_not_change_and_compare_by_value() -> None:
    extensions = Extensions([Extension(10, b"a")])
    assert extensions == Extensions(iter([Extension(10, b"a")]))
    assert hash(extensions) == hash(Extensions([Extension(10, b"a")]))
    assert extensions != Extensions()
    assert Extensions() != Extensions((), present=True)
    assert extensions != [Extension(10, b"a")]
    with pytest.raises(AttributeError):
        extensions.present = False


def test_an_absent_block_holds_nothing() -> None:
    with pytest.raises(EncodeError):
        extension_block(CLIENT).write(Extensions([Extension(10, b"")], present=False), bytearray())
    with pytest.raises(EncodeError):
        extension_block(CLIENT).write(Extensions([Extension(10, bytes(40000))] * 2), bytearray())


def test_the_order_and_the_unknown_survive() -> None:
    codec = extension_block(CLIENT)
    entries = Extensions([Extension(0x0A0A, b"\x00"), Extension(23, b""), Extension(0xFFFF, b"zz"), Extension(0, b"")])
    out = bytearray()
    codec.write(entries, out)
    assert codec.read(Reader(bytes(out))) == entries


def test_a_signed_certificate_timestamp_is_dissected_where_it_is_one() -> None:
    sct = trust.SignedCertificateTimestamp(0, bytes(32), 1_700_000_000_000, b"", 0x0403, b"sig")
    field = dissect(
        trust.SignedCertificateTimestampList, trust.SignedCertificateTimestampList((sct.encode(),)).encode()
    )
    timestamp = field.find("timestamp")
    assert timestamp is not None
    assert timestamp.meaning == "2023-11-14 22:13:20Z"
    assert field.children[0].meaning == "log 00000000 at 2023-11-14 22:13:20Z"
    other = dissect(
        trust.SignedCertificateTimestampList, trust.SignedCertificateTimestampList((b"\x01later",)).encode()
    )
    assert [leaf.name for leaf in other.leaves()] == ["length", "length", "sct"]


def test_a_timestamp_beyond_all_calendars_is_a_number() -> None:
    sct = trust.SignedCertificateTimestamp(0, bytes(32), 2**64 - 1, b"", 0x0403, b"sig").encode()
    timestamp = dissect(trust.SignedCertificateTimestamp, sct).find("timestamp")
    assert timestamp is not None
    assert timestamp.meaning == str(2**64 - 1)


@pytest.mark.parametrize(
    ("form", "raw", "meaning"),
    [
        (records.MaxFragmentLength, "02", "1024 bytes"),
        (records.MaxFragmentLength, "09", "unknown(0x09)"),
        (records.Padding, "0000", "2 zero bytes"),
        (records.Padding, "0001", "0001"),
        (tls13.SupportedVersions, "067a7a03047f17", "GREASE(0x7a7a), TLS 1.3, TLS 1.3 draft 23"),
        (alg.NamedGroupList, "0006caca11ecffff", "GREASE(0xcaca), X25519MLKEM768, unknown(0xffff)"),
        (tls13.PskKeyExchangeModes, "020b01", "GREASE(0x0b), psk_dhe_ke"),
        (names.ProtocolNameList, "0003026832", "h2"),
        (alg.SupportedSignatureAlgorithms, "000608040003fafa", "rsa_pss_rsae_sha256, none+ecdsa, GREASE(0xfafa)"),
    ],
)
def test_values_are_said_in_words(form: Any, raw: str, meaning: str) -> None:
    assert dissect(form, bytes.fromhex(raw)).children[0].meaning == meaning


def test_what_replaces_an_extension_is_what_was_given_last_too() -> None:
    offered = Extensions.of([(35, b""), (23, b""), (35, b"again")])
    for ticket in (b"one", b"one", b"two", b"one"):
        replaced = offered.replace(35, ticket)
        assert replaced.pairs == ((35, ticket), (23, b""), (35, ticket))
        assert replaced.encoded == Extensions.of(replaced.pairs).encoded
    assert offered.replace(23, b"one").pairs == ((35, b""), (23, b"one"), (35, b"again"))


def test_blocks_that_differ_in_one_extension_are_the_same_besides() -> None:
    first, second = (Extensions.of([(35, ticket), (23, b"")]) for ticket in (b"one", b"two"))
    assert first != second
    assert first.besides(35) == second.besides(35)
    assert first.besides(23) != second.besides(23)
    others = ([(23, b""), (35, b"one")], [(35, b"one")], [(35, b"one"), (23, b"x")])
    assert all(Extensions.of(pairs).besides(35) != first.besides(35) for pairs in others)
