"""HTTP/1.1 over a TLS connection: a client for one GET, a server that tells what it saw of the handshake."""
