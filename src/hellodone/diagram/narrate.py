"""A step of a handshake in sentences: what happens, and what each party does because of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from hellodone.diagram.language import Language
from hellodone.diagram.notes import MOST_CHECKS, SENTENCES, noted
from hellodone.diagram.rows import Detail
from hellodone.diagram.values import moderate, plain, short
from hellodone.trace.model import Check, Connection, Fact, Kind, Origin, Party, Reaction, Step

_CLOSE_NOTIFY = 0
_NOT_SIGNED = ("anon", "PSK")


class Narrator:
    """Tells one connection, step after step, in one language."""

    def __init__(self, language: Language, connection: Connection, steps: Sequence[Step]) -> None:
        self._language = language
        self._exchange, _, self._cipher = connection.cipher_suite.removeprefix("TLS_").partition("_WITH_")
        self._resumed = connection.resumed
        self._hellos = [step.number for step in steps if step.name == "ClientHello"]
        self._finished = [step.number for step in steps if step.name == "Finished"]

    def told(self, step: Step) -> str:
        """What happens in the step, as one paragraph."""
        return self._language.say("language.space").join(self._sentences(step))

    def _sentences(self, step: Step) -> Iterator[str]:
        say = self._language.say
        match step.kind:
            case Kind.tcp:
                key = f"tcp.{step.name.replace('+', '_')}"
                yield say(key if self._language.has(key) else "tcp.other")
            case Kind.start:
                yield say("messages.start", party=self._party(step.sender))
            case Kind.message:
                yield from self._message(step)
            case Kind.change_cipher_spec:
                protection = self._text(step.activates)
                yield say("messages.ChangeCipherSpec", party=self._party(step.sender), protection=protection)
            case Kind.alert:
                yield self._alert(step)
            case Kind.lookup:
                key = f"lookup.{step.name.replace(' ', '_')}"
                yield say(key if self._language.has(key) else "lookup.other", party=self._subject(step.sender))
            case Kind.application_data:
                key = "ApplicationData" if not self._cipher.startswith("NULL") else "ApplicationData_clear"
                yield say(f"messages.{key}", party=self._subject(step.sender), bytes=step.length)
            case _:
                yield say("messages.other")

    def _message(self, step: Step) -> Iterator[str]:
        say = self._language.say
        match step.name:
            case "ClientHello":
                yield from self._client_hello(step)
            case "ServerHello":
                version, suite = _field(step, "server_version"), _field(step, "cipher_suite")
                yield say("messages.ServerHello", version=version, suite=suite)
                if self._resumed:
                    yield say("messages.ServerHello_resumed")
            case _:
                key = f"messages.{self._variant(step)}"
                known = self._language.has(key)
                party = self._party(step.sender)
                yield say(key, party=party) if known else say("messages.unknown", party=party, name=step.name)
        if step.protection:
            yield say("messages.protected", protection=self._text(step.protection))

    def _client_hello(self, step: Step) -> Iterator[str]:
        say = self._language.say
        suites = _field(step, "cipher_suites").count(", ") + 1
        yield say("messages.ClientHello", version=_field(step, "client_version"), suites=suites)
        if name := _field(step, "server_name"):
            yield say("messages.ClientHello_name", name=name)
        if step.number != self._hellos[0]:
            yield say("messages.ClientHello_again")
        elif _field(step, "session_id") or _field(step, "session_ticket"):
            yield say("messages.ClientHello_resume")

    def _variant(self, step: Step) -> str:
        """The key for messages that mean different things in different handshakes."""
        match step.name:
            case "Certificate":
                if step.sender is Party.client and step.fields is not None and not _field(step, "certificate_list"):
                    return "Certificate_none" if step.length <= 7 else "Certificate_client"
                return f"Certificate_{step.sender}"
            case "SupplementalData":
                return f"SupplementalData_{step.sender}"
            case "ServerKeyExchange":
                if self._exchange in ("PSK", "RSA_PSK"):
                    return "ServerKeyExchange_hint"
                unsigned = any(word in self._exchange for word in _NOT_SIGNED)
                return "ServerKeyExchange_unsigned" if unsigned else "ServerKeyExchange"
            case "ClientKeyExchange":
                return self._client_key_exchange(step)
            case "Finished":
                order = self._finished.index(step.number)
                return "Finished_second" if order % 2 else "Finished_first"
        return step.name

    def _client_key_exchange(self, step: Step) -> str:
        if step.length <= 4:
            return "ClientKeyExchange_fixed"
        if "PSK" in self._exchange:
            return "ClientKeyExchange_psk"
        return "ClientKeyExchange_rsa" if self._exchange == "RSA" else "ClientKeyExchange_agreement"

    def _alert(self, step: Step) -> str:
        say, party = self._language.say, self._subject(step.sender)
        if step.type_number == _CLOSE_NOTIFY:
            return say("messages.Alert_close_notify", party=party)
        level, _, name = plain(step.summary).partition(" ")
        return say("messages.Alert_fatal" if level == "fatal" else "messages.Alert_warning", party=party, alert=name)

    # --- reactions

    def reaction(self, reaction: Reaction, detail: Detail) -> list[str]:
        """The lines about what one party did; the first introduces the others. Empty when there is nothing to say."""
        if detail is Detail.brief:
            return []
        facts = [*self._facts(reaction.learned, detail)]
        checks = [*self._checks(reaction.checks, detail)]
        failed = any(not check.passed for check in reaction.checks)
        lines = [*facts, *checks] if failed else [*checks, *facts]
        return [self._language.say("reactions.of", party=self._party(reaction.party)), *lines] if lines else []

    def _checks(self, checks: Sequence[Check], detail: Detail) -> Iterator[str]:
        passed = [check for check in checks if check.passed]
        listed = passed if detail is Detail.full or len(passed) <= MOST_CHECKS + 1 else passed[:MOST_CHECKS]
        yield from (f"✓ {self._language.text(plain(check.claim))}" for check in listed)
        if len(listed) < len(passed):
            yield f"✓ {self._language.say('reactions.more', number=len(passed) - len(listed))}"
        for check in checks:
            if not check.passed:
                yield f"✗ {self._language.say('reactions.failed', claim=self._language.text(plain(check.claim)))}"

    def _facts(self, learned: Sequence[Fact], detail: Detail) -> Iterator[str]:
        """One line for those that follow from the same; with all detail one for each, and its value."""
        shown = [fact for fact in learned if noted(fact)]
        if detail is Detail.full:
            for fact in shown:
                (said,) = self._together(fact.origin, self._text(fact.formula), [fact])
                value = self._language.text(moderate(plain(str(fact.value))))
                known = fact.origin is Origin.verified
                yield said if known else self._language.say("reactions.sentence", facts=said, value=value)
            return
        for (origin, formula), group in groupby(shown, key=lambda fact: (fact.origin, fact.formula)):
            yield from self._together(origin, self._text(formula), list(group))

    def _together(self, origin: Origin, formula: str, facts: list[Fact]) -> Iterator[str]:
        say = self._language.say
        names = self._language.listed(f"`{fact.name}`" for fact in facts)
        if origin is Origin.chosen and facts[0].name not in SENTENCES:
            yield say("reactions.chooses", facts=names)
        elif origin is Origin.configured:
            yield say("reactions.configured", facts=names)
        elif origin is Origin.verified:
            for fact in facts:
                value = self._language.text(short(plain(str(fact.value))))
                yield say("reactions.verified", facts=f"`{fact.name}`", value=value)
        elif formula:
            yield say("reactions.formula", facts=names, formula=f"`{formula}`")
        elif origin is Origin.chosen:
            yield from (say("reactions.sentence", facts=f"`{f.name}`", value=self._text(str(f.value))) for f in facts)
        else:
            yield say("reactions.computes", facts=names)

    def _text(self, english: str) -> str:
        """What the trace says, on one line."""
        return self._language.text(plain(english))

    def _party(self, party: Party) -> str:
        return self._language.say(f"parties.{party}")

    def _subject(self, party: Party) -> str:
        """The party at the beginning of a sentence."""
        name = self._party(party)
        return name[:1].upper() + name[1:]


def _field(step: Step, name: str) -> str:
    """The meaning of a field of the message, "" when it is not there."""
    field = step.fields.find(name) if step.fields is not None else None
    return "" if field is None else plain(field.meaning)
