"""Short texts that a client keeps for us and can neither read nor change: AES-GCM, bound to one use."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from secrets import token_bytes
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Seals:
    """Seals of one purpose, with a key of their own drawn from ``secret``."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)
        self._cipher = AESGCM(key)

    def seal(self, text: str, bound_to: str, lasts_seconds: int) -> str:
        """The text for a client to keep; it opens with the same ``bound_to`` alone, while it lasts."""
        nonce = token_bytes(NONCE_BYTES)
        content = json.dumps([int(time.time()) + lasts_seconds, text]).encode()
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, content, bound_to.encode())).decode()

    def unseal(self, sealed: str, bound_to: str) -> str | None:
        """The text, None when it was changed, is too old, or was sealed for something else."""
        try:
            raw = urlsafe_b64decode(sealed)
            content: Any = json.loads(
                self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode())
            )
        except (Error, ValueError, InvalidTag):
            return None
        until, text = content
        return text if time.time() < until else None
