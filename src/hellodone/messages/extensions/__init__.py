"""Hello extensions: the block that holds them, and one struct for the data of each (RFC 6066 and many others)."""

from hellodone.messages.extensions.block import Extension, Extensions, extension_block
from hellodone.messages.extensions.forms import extension_form

__all__ = ["Extension", "Extensions", "extension_block", "extension_form"]
