"""Name constraints: for which names a CA may issue (RFC 5280, 4.2.1.10), of every certificate below it (6.1.4 g)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from cryptography import x509

from hellodone.errors import AlertDescription
from hellodone.pki.certificates import Certificate
from hellodone.pki.checks import CertificateCheck, who
from hellodone.pki.rules import Path
from hellodone.pki.text import listed, printable

_MAX_COMPARISONS = 20_000
_COMPARED = frozenset(
    {x509.DNSName, x509.IPAddress, x509.DirectoryName, x509.RFC822Name, x509.UniformResourceIdentifier}
)


def within_name_constraints(path: Path, index: int) -> CertificateCheck | None:
    """Every name below the CA at ``index`` is one it may issue for; None when it sets no constraints."""
    constraints = path[index].extension(x509.NameConstraints)
    if constraints is None:
        return None
    permitted, excluded = constraints.permitted_subtrees or [], constraints.excluded_subtrees or []
    values = {"permitted": _texts(permitted, "everything"), "excluded": _texts(excluded, "nothing")}
    claim = f"every name below {path[index].name} is one it may issue for"
    fault = _fault(path, index, _Subtrees(permitted), _Subtrees(excluded))
    if fault is None:
        return CertificateCheck(claim, True, index, values)
    reason = (
        f"{who(path, index)} may not issue for {fault} "
        f"(name constraints: permitted {values['permitted']}; excluded {values['excluded']})"
    )
    return CertificateCheck(claim, False, index, values, AlertDescription.certificate_unknown, reason)


class _Subtrees:
    """The permitted or the excluded names of one CA, ordered so that many can be asked for many."""

    def __init__(self, names: Sequence[x509.GeneralName]) -> None:
        self.kinds = frozenset(type(name) for name in names)
        self._hosts = frozenset(_host(name.value) for name in names if isinstance(name, x509.DNSName))
        self._parents = frozenset(host.partition(".")[2] for host in self._hosts)
        self._others = [name for name in names if not isinstance(name, x509.DNSName)]

    def hold(self, name: x509.GeneralName) -> bool:
        """Whether one of the subtrees holds ``name``."""
        if isinstance(name, x509.DNSName):
            return "" in self._hosts or any(host in self._hosts for host in _suffixes(name.value.lower()))
        return any(_within(name, subtree) for subtree in self._others)

    def reached_by(self, name: x509.GeneralName) -> bool:
        """Whether a wildcard stands for a name in them: ``*.a.example`` for the excluded ``b.a.example``."""
        wildcard = isinstance(name, x509.DNSName) and name.value.startswith("*.")
        return wildcard and name.value[2:].lower() in self._parents

    def cost(self, name: x509.GeneralName) -> int:
        """How many comparisons asking for ``name`` takes."""
        return 1 if isinstance(name, x509.DNSName) else len(self._others)


def _fault(path: Path, index: int, permitted: _Subtrees, excluded: _Subtrees) -> str | None:
    comparisons = 0
    for below, certificate in enumerate(path[:index]):
        if below > 0 and certificate.self_issued:
            continue  # 6.1.3 b: self-issued certificates are exempt unless they are the last
        for name in _names(certificate):
            comparisons += permitted.cost(name) + excluded.cost(name)
            if comparisons > _MAX_COMPARISONS:
                return f"{certificate.name}: it has too many names and constraints to compare"
            if not _allowed(name, permitted, excluded):
                return f"{_text(name)}, a name of {certificate.name}"
    return None


def _names(certificate: Certificate) -> Iterator[x509.GeneralName]:
    if list(certificate.x509.subject):
        yield x509.DirectoryName(certificate.x509.subject)
    yield from certificate.extension(x509.SubjectAlternativeName) or ()


def _allowed(name: x509.GeneralName, permitted: _Subtrees, excluded: _Subtrees) -> bool:
    """Names of a kind without constraints are free; those of a kind that cannot be compared are refused."""
    kind = type(name)
    if kind not in permitted.kinds | excluded.kinds:
        return True
    if kind not in _COMPARED or excluded.hold(name) or excluded.reached_by(name):
        return False
    return kind not in permitted.kinds or permitted.hold(name)


def _within(name: x509.GeneralName, subtree: x509.GeneralName) -> bool:
    match name, subtree:
        case x509.IPAddress(), x509.IPAddress():
            network = subtree.value
            return isinstance(network, IPv4Network | IPv6Network) and name.value in network
        case x509.DirectoryName(), x509.DirectoryName():
            wanted = list(subtree.value.rdns)
            return list(name.value.rdns)[: len(wanted)] == wanted
        case x509.RFC822Name(), x509.RFC822Name():
            return _mail_within(name.value, subtree.value)
        case x509.UniformResourceIdentifier(), x509.UniformResourceIdentifier():
            return _mail_within("@" + _host_of(name.value), subtree.value)
    return False


def _host(subtree: str) -> str:
    return subtree.lower().removeprefix(".")


def _suffixes(host: str) -> Iterator[str]:
    """The host itself and every domain above it."""
    while host:
        yield host
        host = host.partition(".")[2]


def _mail_within(mailbox: str, subtree: str) -> bool:
    """``a@b`` is one mailbox, ``b`` the mailboxes of one host, ``.b`` those of the hosts below it."""
    local, _, host = mailbox.rpartition("@")
    wanted_local, at, wanted_host = subtree.rpartition("@")
    if at:
        return (local, host.lower()) == (wanted_local, wanted_host.lower())
    if subtree.startswith("."):
        return host.lower().endswith(subtree.lower())
    return host.lower() == subtree.lower()


def _host_of(uri: str) -> str:
    authority = uri.partition("://")[2].partition("/")[0]
    return authority.rpartition("@")[2].partition(":")[0]


def _texts(names: Sequence[x509.GeneralName], empty: str) -> str:
    return listed([_text(name) for name in names[:20]], empty)


def _text(name: x509.GeneralName) -> str:
    value = name.value
    return printable(value.rfc4514_string() if isinstance(value, x509.Name) else str(value))
