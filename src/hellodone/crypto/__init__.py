"""The primitives of TLS 1.2, named as the RFCs name them: the only importer of ``cryptography``'s primitives.

Every fault of the library ends at this border as a :class:`hellodone.crypto.errors.CryptoError`; what is secret is a
:class:`hellodone.crypto.secret.Secret`, which does not print itself.
"""
