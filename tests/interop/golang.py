"""Build the Go peer."""

import os
import subprocess
from pathlib import Path

from tests.interop import peers

SOURCE = Path(__file__).parent / "programs" / "peer.go"
BUILD_SECONDS = 300


def build_go_peer(folder: Path) -> None:
    """Build programs/peer.go to ``gopeer`` in this folder; Go's own cache makes every build but the first quick."""
    command = [peers.require("go"), "build", "-o", str(folder / "gopeer"), str(SOURCE)]
    environment = os.environ | {"GO111MODULE": "off", "GOFLAGS": "", "CGO_ENABLED": "0"}
    subprocess.run(command, env=environment, capture_output=True, timeout=BUILD_SECONDS, check=True)
