"""hellodone, with and without the recorder."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from bench.parties.verifying import trust_without_memory
from bench.scenario import SERVER_NAME, Scenario
from hellodone.config import ClientConfig, ServerConfig
from hellodone.endpoint import ClientConnection, ServerConnection
from hellodone.events import DataReceived
from hellodone.policy import Policy


class Ours:
    """Under policy modern where that has the suite, else under compatible; both otherwise as they come."""

    record: ClassVar[bool] = False

    def __init__(self, scenario: Scenario) -> None:
        given, policy = scenario.credentials, _policy(scenario)
        required = scenario.client_auth
        self.client_config = ClientConfig(
            trust=given.trust, policy=policy, identity=given.client if required else None, record=self.record
        )
        self.server_config = ServerConfig(
            identity=given.server,
            policy=policy,
            client_trust=given.trust if required else None,
            client_auth="required" if required else "none",
            record=self.record,
        )

    def handshake(self) -> OurPair:
        client, server = ClientConnection(self.client_config, SERVER_NAME), ServerConnection(self.server_config)
        client.initiate_handshake()
        sender: Connection = client
        receiver: Connection = server
        while data := sender.data_to_send():
            receiver.receive_data(data)
            sender, receiver = receiver, sender
        assert client.handshake_complete
        assert server.handshake_complete
        return OurPair(client, server)


class OursRecording(Ours):
    """The same, with every step recorded on both sides."""

    record = True


class OursVerifying(Ours):
    """The same, but the server's path is verified in every handshake, as the other stacks do."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.client_config = replace(self.client_config, trust=trust_without_memory(scenario))


class OurPair:
    """The two connections."""

    def __init__(self, client: ClientConnection, server: ServerConnection) -> None:
        self.client = client
        self.server = server

    def transfer(self, data: bytes) -> int:
        return _carry(self.client, self.server, data)

    def answer(self, data: bytes) -> int:
        return _carry(self.server, self.client, data)


Connection = ClientConnection | ServerConnection


def _carry(sender: Connection, receiver: Connection, data: bytes) -> int:
    sender.send_data(data)
    read = 0
    for event in receiver.receive_data(sender.data_to_send()):
        if isinstance(event, DataReceived):
            read += len(event.data)
    return read


def _policy(scenario: Scenario) -> Policy:
    """The suite that is measured comes first; the rest of the policy stays, as it does in a program."""
    code = scenario.suite.code
    policy = Policy.modern()
    if code not in policy.cipher_suites:
        policy = Policy.compatible()
    if code == policy.cipher_suites[0]:
        return policy
    return policy.with_cipher_suites([code])
