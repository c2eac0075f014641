"""The hello extensions: for each one, what either side says, reads and concludes."""

from hellodone.handshake.extensions.block import accept_all, answer_all, offer_all, read_all

__all__ = ["accept_all", "answer_all", "offer_all", "read_all"]
