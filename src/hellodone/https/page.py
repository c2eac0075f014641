"""What the server saw of a handshake, as a page of plain text and as a page of HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import indent


@dataclass(frozen=True, slots=True)
class Seen:
    """The outcome of a handshake in words; "" where there was nothing."""

    version: str
    cipher_suite: str
    group: str = ""
    alpn: str = ""
    server_name: str = ""
    client: str = ""  # "127.0.0.1:50312"
    client_certificate: str = ""  # the subject
    resumed: bool = False
    request: str = ""  # the head of the request, as it came

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Label and value, in the order in which they are shown."""
        return (
            ("version", self.version),
            ("cipher suite", self.cipher_suite),
            ("group", self.group or "none: the key exchange uses no group"),
            ("application protocol", self.alpn or "none agreed on (ALPN)"),
            ("server name asked for", self.server_name or "none (no server_name extension)"),
            ("client certificate", self.client_certificate or "none"),
            ("handshake", "abbreviated: a session was resumed" if self.resumed else "full"),
            ("client", self.client),
        )


def text_page(seen: Seen) -> str:
    """For terminals: aligned lines."""
    width = max(len(label) for label, _ in seen.rows())
    lines = (f"  {label:<{width}}  {value}" for label, value in seen.rows())
    page = "hellodone: the TLS handshake was completed.\n\n" + "\n".join(lines) + "\n"
    return f"{page}\nThe request was\n\n{indent(seen.request, '  ')}\n" if seen.request else page


def html_page(seen: Seen) -> str:
    """For browsers: one small page without any further request."""
    rows = "\n".join(
        f"<tr><th scope=row>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in seen.rows()
    )
    return _HTML.replace("{rows}", rows, 1).replace("{request}", escape(seen.request), 1)


_HTML = """<!doctype html>
<html lang=en>
<head>
<meta charset=utf-8>
<meta name=viewport content="width=device-width, initial-scale=1">
<link rel=icon href="data:,">
<title>hellodone: handshake completed</title>
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem }
h2 { font-size: 1.1rem }
pre { overflow-x: auto; padding: .6rem; border: 1px solid #8886 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-top: 1px solid #8886; vertical-align: top }
th { font-weight: 500; opacity: .75; white-space: nowrap }
td { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
</style>
</head>
<body>
<h1>The TLS handshake was completed</h1>
<table>
{rows}
</table>
<h2>The request</h2>
<pre>{request}</pre>
<p>Seen by the server, hellodone, of the connection that carried this page.</p>
</body>
</html>
"""
