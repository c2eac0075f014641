"""The kinds of SupplementalData that are exchanged with real peers: a user mapping, and one that no RFC knows."""

from hellodone.config import Supplement
from hellodone.handshake.supplements import user_mapping

HINT = user_mapping("me@example.org", "example.org")
PRIVATE = Supplement(extension=65282, data_type=65283, hello=b"\x01", data=b"from hellodone", accept=True)
