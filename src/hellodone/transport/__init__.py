"""What carries TLS: sockets that block, how they are opened, and what stands at the other end when it is not TLS."""
