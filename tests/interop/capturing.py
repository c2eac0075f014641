"""Capture our own loopback traffic with tshark, and let tshark decrypt it with a key log."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.interop import peers
from tests.interop.processes import PeerError, end_group, free_port

START_SECONDS = 30.0
READ_SECONDS = 60.0
SETTLE_SECONDS = 0.3


@contextmanager
def capture(port: int, file: Path) -> Iterator[None]:
    """Write what passes on a TCP port of the loopback interface to a file, while the block runs."""
    tshark = peers.require("tshark")
    knocking = free_port()
    command = [tshark, "-q", "-i", "lo", "-f", f"tcp port {port} or udp port {knocking}", "-w", str(file)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stderr is not None
    try:
        wait_until_it_records(process, knocking, file)
        yield
        wait_until_quiet(file)
        process.terminate()
        process.wait(START_SECONDS)
    finally:
        end_group(process)
        process.stderr.close()


def wait_until_it_records(process: subprocess.Popen[bytes], knocking: int, file: Path) -> None:
    """Knock on a UDP port until the capture file has a packet. tshark says that it captures before it does."""
    deadline = time.monotonic() + START_SECONDS
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
        while packets_of(file) == 0:
            if process.poll() is not None or time.monotonic() > deadline:
                raise PeerError("tshark does not capture on the loopback interface")
            knock.sendto(b"knock", ("127.0.0.1", knocking))
            time.sleep(0.1)


def wait_until_quiet(file: Path) -> None:
    """Wait until the capture file has stopped growing for a moment."""
    deadline = time.monotonic() + START_SECONDS
    before = -1
    while before != (before := file.stat().st_size) and time.monotonic() < deadline:
        time.sleep(SETTLE_SECONDS)


def packets_of(file: Path) -> int:
    """How many packet blocks a pcapng file holds so far (type 6, enhanced packet block)."""
    data = file.read_bytes() if file.exists() else b""
    at, packets = 0, 0
    while at + 8 <= len(data):
        packets += int.from_bytes(data[at : at + 4], "little") == 6
        at += max(8, int.from_bytes(data[at + 4 : at + 8], "little"))
    return packets


def read_with_tshark(file: Path, port: int, *, keylog: Path | None = None) -> str:
    """Everything that tshark sees in a capture, decrypted when it has the keys."""
    command = [peers.require("tshark"), "-r", str(file), "-V", "-d", f"tcp.port=={port},tls"]
    command += ["-o", "http.desegment_body:FALSE"]  # else a body that ends with the connection is not shown
    command += ["-o", f"tls.keylog_file:{keylog}"] if keylog else []
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(file.parent)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=READ_SECONDS, check=True, env=environment)
    return done.stdout


def can_capture() -> bool:
    """Whether this user may capture on the loopback interface."""
    dumpcap = shutil.which("dumpcap")
    if dumpcap is None:
        return False
    return subprocess.run([dumpcap, "-D"], capture_output=True, timeout=10, check=False).returncode == 0
