"""Secrets that people carry: links and refresh tokens (256 bits), and the short adhesion code.

Only hashes are stored. A link is random enough for a plain SHA-256; a code of eight letters is not, so its
hash is slow, and its alphabet leaves out what the eye confuses (0/O, 1/I/L).
"""

import hashlib
import secrets

from preau.identity.credentials import bulkheads

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 8


def random_token() -> str:
    """A URL-safe token of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """The hash under which a token is stored and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()


def random_code() -> str:
    """A fresh adhesion code, written ``ABCD-EFGH``."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def normalised_code(typed: str) -> str | None:
    """A code as it was given out, from what someone typed; case, spaces and dashes do not count.

    ``None`` if it cannot be one.
    """
    letters = "".join(character for character in typed.upper() if character.isalnum())
    if len(letters) != _CODE_LENGTH or any(letter not in _ALPHABET for letter in letters):
        return None
    return f"{letters[:4]}-{letters[4:]}"


async def hash_code(code: str) -> str:
    """The hash of a normalised code: scrypt, some 50 ms, in its bulkhead. Raises ``BulkheadFull``.

    Its salt is fixed so that the code can be looked up.
    """
    digest = await bulkheads.CODE.run(
        hashlib.scrypt, code.encode(), salt=b"preau adhesion code", n=2**14, r=8, p=1, dklen=32
    )
    return digest.hex()
