"""The five octets in front of every record, as those who make and read records by the thousand pack them.

:class:`hellodone.messages.record.RecordHeader` is the same with names: type, version, length of the fragment
(RFC 5246, 6.2.1).
"""

from __future__ import annotations

from struct import Struct
from typing import Final

_header: Final = Struct(">BHH")

HEADER_LENGTH: Final = _header.size
pack_header: Final = _header.pack
unpack_header: Final = _header.unpack_from
