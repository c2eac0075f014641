"""The ways to the secret that a key exchange yields: transported under RSA, or agreed on, fresh or with long-term keys.

It is the premaster secret itself or, where a pre-shared key takes part, what that key is joined with (RFC 4279, 2).
"""

from __future__ import annotations

from hellodone.trace.fact_info import Source
from hellodone.trace.fact_sources import CLIENT, SERVER, chosen, computed
from hellodone.trace.model import Party
from hellodone.trace.traits import Trait

# whose private key it is -> the one who has it, the other's share, and when the key is used
_KEYS: tuple[tuple[str, Party, str, Trait], ...] = (
    ("client_ephemeral_private", CLIENT, "server_share", Trait.client_ephemeral),
    ("server_ephemeral_private", SERVER, "client_share", Trait.ephemeral),
    ("client_private_key", CLIENT, "server_share", Trait.client_static),
    ("server_private_key", SERVER, "client_share", Trait.static),
)


def shared_secret(part: Trait) -> tuple[Source, ...]:
    """The sources of the secret; ``part`` is ``plain`` or ``psk``: what it is in that handshake."""
    return (
        *(
            computed(f"{share}^{key} mod p", key, share, "dh_group", party=party, when=(part, Trait.finite_field, use))
            for key, party, share, use in _KEYS
        ),
        *(
            computed(f"ECDH({key}, {share})", key, share, party=party, when=(part, Trait.elliptic, use))
            for key, party, share, use in _KEYS
        ),
        chosen(CLIENT, "client_version + 46 random bytes", "client_version", when=(part, Trait.rsa)),
        computed(
            "RSA-decrypt(server_private_key, encrypted_premaster_secret)",
            "server_private_key",
            "encrypted_premaster_secret",
            party=SERVER,
            when=(part, Trait.rsa),
        ),
    )
