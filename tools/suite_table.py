"""The table of cipher suites in docs/suites.md: which are spoken, under which policy, and why the others are not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hellodone.crypto.protection import can_protect
from hellodone.policy import Policy
from hellodone.registry.suite_table import REGISTERED
from hellodone.registry.suites import cipher_suite, suite_name

POLICIES = (Policy.modern(), Policy.compatible(), Policy.historic())
HEAD = """# Cipher suites

Every registered suite, made by `make docs` from the tables the program runs on: the strictest policy that speaks it, or
why none does. {counts}

| number | suite | policy, or why not |
|---|---|---|
"""


def verdict(code: int) -> str:
    """The strictest policy that has the suite, or the reason why none has."""
    for policy in POLICIES:
        if code in policy.cipher_suites:
            return policy.name
    suite = cipher_suite(code)
    name = suite_name(code)
    if "SCSV" in name:
        return "not a suite: a signal"
    if suite is None:
        return "no: of TLS 1.3" if "_WITH_" not in name else "no: its key exchange or record protection is not ours"
    if not suite.usable_in_tls12:
        return "no: TLS 1.2 forbids it (export, DES, IDEA or no protection at all)"
    if not can_protect(suite):
        return f"no: the cryptography library has no {suite.cipher.name}"
    return f"no: key exchange {suite.key_exchange.value} is named, not spoken"


def write(path: Path) -> None:
    """The whole page."""
    verdicts = {code: verdict(code) for code in REGISTERED}
    spoken = Counter(word for word in verdicts.values() if word in {policy.name for policy in POLICIES})
    counts = f"{spoken.total()} of {len(verdicts)} are spoken: " + ", ".join(
        f"{n} {name}" for name, n in spoken.items()
    )
    rows = "".join(f"| 0x{code:04X} | {suite_name(code)} | {word} |\n" for code, word in verdicts.items())
    path.write_text(HEAD.format(counts=f"{counts}.") + rows, encoding="utf-8")
