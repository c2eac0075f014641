"""The order of messages and what follows from them."""
