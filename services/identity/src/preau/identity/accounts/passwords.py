"""Passwords: argon2id with OWASP's parameters (19 MiB, two passes), always in a thread, a few at a time."""

import asyncio
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
_AT_ONCE = 4


@cache
def _gate(loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    """One gate a loop: a flood of sign-ins queues here instead of filling the memory."""
    del loop
    return asyncio.Semaphore(_AT_ONCE)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("the password of an account that does not exist")


async def hash_password(password: str) -> str:
    """The hash to store."""
    async with _gate(asyncio.get_running_loop()):
        return await asyncio.to_thread(_HASHER.hash, password)


async def password_matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one. Takes the same time when there is none (unknown e-mail)."""
    async with _gate(asyncio.get_running_loop()):
        return await asyncio.to_thread(_verify, password, stored)


def _verify(password: str, stored: str | None) -> bool:
    matches = _HASHER.verify(password, stored or _nobodys_hash())
    return matches and stored is not None
