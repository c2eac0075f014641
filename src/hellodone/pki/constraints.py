"""Name constraints: for which names a CA may issue (RFC 5280, 4.2.1.10), of every certificate below it (6.1.4 g)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import NamedTuple

from cryptography import x509

from hellodone.errors import AlertDescription
from hellodone.pki.certificates import Certificate
from hellodone.pki.checks import CertificateCheck, who
from hellodone.pki.rule import Rule
from hellodone.pki.rules import Path
from hellodone.pki.text import listed, printable

_MAX_COMPARISONS = 20_000
_MAX_PAIRS = 1 << 20  # where the library stops: it compares each name with each constraint
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
    fault = _strange(permitted, excluded) or _fault(path, index, _Subtrees(permitted), _Subtrees(excluded))
    if fault is None:
        return CertificateCheck(claim, True, index, values, rule=Rule.NAME_CONSTRAINTS)
    reason = (
        f"{who(path, index)} {fault.words} "
        f"(name constraints: permitted {values['permitted']}; excluded {values['excluded']})"
    )
    return CertificateCheck(claim, False, index, values, AlertDescription.certificate_unknown, reason, fault.rule)


def constrains_distinguished_names(issuer: Certificate) -> bool:
    """Whether its name constraints are about distinguished names, which the library's verifier cannot compare."""
    constraints = issuer.extension(x509.NameConstraints)
    if constraints is None:
        return False
    trees = (*(constraints.permitted_subtrees or ()), *(constraints.excluded_subtrees or ()))
    return any(isinstance(tree, x509.DirectoryName) for tree in trees)


class _Fault(NamedTuple):
    rule: Rule
    words: str


def _strange(permitted: Sequence[x509.GeneralName], excluded: Sequence[x509.GeneralName]) -> _Fault | None:
    """A DNS subtree is a domain with its hosts: a leading period is no part of it (4.2.1.10)."""
    for name in (*permitted, *excluded):
        if isinstance(name, x509.DNSName) and name.value.startswith("."):
            return _Fault(
                Rule.NAME_CONSTRAINTS, f"constrains {_text(name)}, which is no domain: it begins with a period"
            )
    return None


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
        """How many comparisons asking for ``name`` takes; the parts of a distinguished name are compared one by one."""
        if isinstance(name, x509.DirectoryName):
            return len(self._others) * len(name.value)
        return 1 if isinstance(name, x509.DNSName) else len(self._others)

    def __len__(self) -> int:
        return len(self._hosts) + len(self._others)


def _fault(path: Path, index: int, permitted: _Subtrees, excluded: _Subtrees) -> _Fault | None:
    comparisons = pairs = 0
    too_many = "may not issue for {}: it has too many names and constraints to compare"
    for below, certificate in enumerate(path[:index]):
        if below > 0 and certificate.self_issued:
            continue  # 6.1.3 b: self-issued certificates are exempt unless they are the last
        for name in _names(certificate):
            comparisons += permitted.cost(name) + excluded.cost(name)
            pairs += len(permitted) + len(excluded)
            if comparisons > _MAX_COMPARISONS or pairs > _MAX_PAIRS:
                return _Fault(Rule.WORK, too_many.format(certificate.name))
            if not _allowed(name, permitted, excluded):
                rule = Rule.NAME_CONSTRAINTS if well_formed(name) else Rule.SUBJECT_ALTERNATIVE_NAME
                which = "a name" if rule is Rule.NAME_CONSTRAINTS else "which is no name of its kind, in the names"
                return _Fault(rule, f"may not issue for {_text(name)}, {which} of {certificate.name}")
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
    if kind not in _COMPARED or not well_formed(name) or excluded.hold(name) or excluded.reached_by(name):
        return False
    return kind not in permitted.kinds or permitted.hold(name)


def well_formed(name: x509.GeneralName) -> bool:
    """Whether a name of a certificate is one of its kind: what a constraint can be compared with (4.2.1.6)."""
    match name:
        case x509.IPAddress():
            return isinstance(name.value, IPv4Address | IPv6Address)
        case x509.DNSName():
            labels = name.value.removeprefix("*.").split(".")
            return all(labels) and name.value.isascii()
        case x509.RFC822Name():
            local, at, host = name.value.partition("@")
            return bool(local and at and host) and "@" not in host
    return True


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
