"""``hellodone ca ocsp``: the responder, running until it is told to end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hellodone.cli import settings

if TYPE_CHECKING:
    from hellodone.pki.lab_folder import LabFolder
    from hellodone.transport.address import HostPort

_DEFAULT = "127.0.0.1:8888"


def respond(ca: LabFolder, bind: str | None, port_file: str | None, delegated: bool) -> int:
    """Answer until Ctrl-C or SIGTERM. Raises ConfigurationError when the address cannot be bound."""
    from hellodone.cli.service import ended_by_signals
    from hellodone.clock import utc_now
    from hellodone.pki.lab_responder import CRL_PATH, OCSP_PATH, LabResponder
    from hellodone.transport.address import join
    from hellodone.transport.http_server import HttpServer

    where = _address(ca, bind)
    responder = LabResponder(ca, utc_now, ca.authority.ocsp_delegate() if delegated else None)
    telling = threading.Lock()

    def tell(line: str) -> None:
        with telling:
            print(line, flush=True)

    with HttpServer((where.host, where.port), responder.answer, tell) as server:
        end = threading.Event()
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        with ended_by_signals(end.set):
            thread.start()
            url = f"http://{join(*server.address)}"
            tell(f"answering at {url}{OCSP_PATH} and {url}{CRL_PATH}")
            if port_file is not None:
                settings.write_port(port_file, server.address[1])
            end.wait()
        server.shutdown()
        thread.join(1)
    settings.note("stopped")
    return 0


def _address(ca: LabFolder, bind: str | None) -> HostPort:
    """Where to listen: as was said now, or as the certificates say."""
    from hellodone.transport.address import HostPort, parse_host_port, parse_port

    if bind is not None and bind.startswith(":"):
        return HostPort("", parse_port(bind[1:], bind))
    promised = urlsplit(ca.authority.ocsp_url).netloc
    return parse_host_port(bind or promised or _DEFAULT)
