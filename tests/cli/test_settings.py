"""From options to policies, identities and key logs."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from hellodone.cli import settings
from hellodone.cli.faults import InputUnreadable
from hellodone.cli.options import IdentityChoice, TlsChoice
from hellodone.errors import ConfigurationError
from hellodone.explain.lookup import explain
from hellodone.pki.identity import LocalSigner
from hellodone.policy import Policy
from tests.transport.laboratory import laboratory, write_identity

PLAIN = TlsChoice("modern", None, None, None, None, None)


def test_nothing_said_is_the_policy_as_it_is() -> None:
    assert settings.policy(PLAIN) == Policy.modern()
    assert settings.alpn(PLAIN) == ()
    assert settings.key_log(None) is None


def test_lists_narrow_the_policy_in_their_order() -> None:
    choice = replace(
        PLAIN,
        ciphers="ECDHE-RSA-AES256-GCM-SHA384:TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        groups="P-256,x25519",
        sigalgs="RSA-PSS+SHA256:ecdsa_secp256r1_sha256",
        alpn="h2, http/1.1",
    )
    policy = settings.policy(choice)
    assert policy.cipher_suites == (0xC030, 0xC02F)
    assert policy.groups == (23, 29)
    assert policy.signature_schemes == (0x0804, 0x0403)
    assert settings.alpn(choice) == ("h2", "http/1.1")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("policy", "ancient", "modern"),
        ("ciphers", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA257", "SHA256"),
        ("ciphers", "", "empty"),
        ("groups", "p-255", "P-256|secp256r1"),
        ("groups", ",", "empty"),
        ("sigalgs", "rsa_pss_rsae_sha255", "rsa_pss_rsae_sha256"),
    ],
)
def test_an_unknown_name_is_a_fault_of_usage_that_names_what_comes_near(field: str, value: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        settings.policy(replace(PLAIN, **{field: value}))
    assert not isinstance(caught.value, InputUnreadable)


@pytest.mark.parametrize(
    ("option", "command"),
    [
        ("--ciphers", "hellodone explain suites"),
        ("--groups", "hellodone explain groups"),
        ("--sigalgs", "hellodone explain schemes"),
    ],
)
@pytest.mark.parametrize("name", ["qqq", "x2551", "rsa_pss_rsae_sha255"])
def test_an_unknown_name_is_answered_with_the_option_and_the_command_that_lists_the_names(
    option: str, command: str, name: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings.policy(replace(PLAIN, **{option[2:]: name}))
    assert caught.value.reason.startswith(f"{option}: unknown ")
    assert command in caught.value.reason
    assert any(entry.kind == "list" for entry in explain(command.split()[-1]))


def test_identities_are_read_pairwise(tmp_path: Path) -> None:
    lab = laboratory()
    one, two = write_identity(lab.server, tmp_path, "one"), write_identity(lab.client, tmp_path, "two")
    found = settings.identities(IdentityChoice((str(one[0]), str(two[0])), (str(one[1]), str(two[1])), None))
    assert [identity.leaf for identity in found] == [lab.server.leaf, lab.client.leaf]


def test_one_file_may_hold_both(tmp_path: Path) -> None:
    chain, key = write_identity(laboratory().server, tmp_path)
    chain.write_bytes(chain.read_bytes() + key.read_bytes())
    assert len(settings.identities(IdentityChoice((str(chain),), (), None))) == 1


@pytest.mark.parametrize("given", ["pass:secret word", "secret word", "env:HELLODONE_TEST_WORD", "file:{folder}/word"])
def test_a_password_may_be_given_in_four_ways(given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELLODONE_TEST_WORD", "secret word")
    (tmp_path / "word").write_text("secret word\n")
    identity = laboratory().server
    assert isinstance(identity.signer, LocalSigner)
    key = identity.signer.private_key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    data = pkcs12.serialize_key_and_certificates(
        b"x", key, identity.leaf.x509, None, BestAvailableEncryption(b"secret word")
    )
    (tmp_path / "id.p12").write_bytes(data)
    password = given.format(folder=tmp_path)
    assert len(settings.identities(IdentityChoice((str(tmp_path / "id.p12"),), (), password))) == 1


@pytest.mark.parametrize("given", ["env:HELLODONE_NO_SUCH_WORD", "file:/no/such/file"])
def test_a_password_that_is_not_there_is_named_without_guessing(given: str) -> None:
    with pytest.raises(InputUnreadable, match=given.partition(":")[2]):
        settings.identities(IdentityChoice(("x",), (), given))


def test_a_key_needs_its_certificate() -> None:
    with pytest.raises(ConfigurationError, match="--cert"):
        settings.identities(IdentityChoice((), ("x",), None))
    with pytest.raises(ConfigurationError, match="as many"):
        settings.identities(IdentityChoice(("x", "y"), ("x",), None))


@pytest.mark.parametrize("content", [b"", b"not a key", b"\x30\x82\x01\x00", None])
def test_an_unreadable_file_is_a_fault_of_the_input(content: bytes | None, tmp_path: Path) -> None:
    chain, key = write_identity(laboratory().server, tmp_path)
    if content is None:
        key.unlink()
    else:
        key.write_bytes(content)
    with pytest.raises(InputUnreadable, match=r"server\.key"):
        settings.identities(IdentityChoice((str(chain),), (str(key),), None))


def test_trust_from_a_file_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(laboratory().authority.pem)
    assert len(settings.trust(str(tmp_path / "ca.pem"))) == len(settings.trust(str(tmp_path))) == 1
    with pytest.raises(InputUnreadable):
        settings.trust(str(tmp_path / "none.pem"))


def test_the_key_log_is_appended_to_and_private(tmp_path: Path) -> None:
    path = tmp_path / "keys.log"
    for line in ("CLIENT_RANDOM 1 2", "CLIENT_RANDOM 3 4\n"):
        log = settings.key_log(str(path))
        assert log is not None
        log(line)
    assert path.read_text() == "CLIENT_RANDOM 1 2\nCLIENT_RANDOM 3 4\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_log_that_cannot_be_written_is_a_fault_of_the_input(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="cannot be written"):
        settings.key_log(str(tmp_path))


def test_a_certificate_that_does_not_fit_is_refused_or_reported() -> None:
    assert settings.policy(PLAIN).certificate_fit == "refuse"
    policy = settings.policy(replace(PLAIN, certificate_fit="report"))
    assert policy == replace(Policy.modern(), certificate_fit="report")
