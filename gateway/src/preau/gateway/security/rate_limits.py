"""Token buckets in memory, a process: they stop one client from taking all, not a determined crowd."""

import math
import time

from cachetools import LRUCache

from preau.common.errors import TooManyRequests

KEPT = 100_000
"""Buckets kept, some 20 MB: keys are short. The least recently used goes first: most likely full again."""


class RateLimit:
    """`rate` requests a second for each key, with a `burst` above it; a rate of 0 limits nothing."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate = rate
        self.burst = max(burst, 1.0)
        self._buckets = LRUCache[str, tuple[float, float]](KEPT)

    def take(self, key: str) -> None:
        """Count one request of `key`; raises TooManyRequests."""
        if self.rate <= 0:
            return
        now = time.monotonic()
        left, since = self._buckets.get(key, (self.burst, now))
        left = min(self.burst, left + (now - since) * self.rate)
        if left < 1.0:
            raise TooManyRequests(
                "Trop de demandes en peu de temps. Patientez un instant puis recommencez.",
                retry_after=max(1, math.ceil((1.0 - left) / self.rate)),
            )
        self._buckets[key] = (left - 1.0, now)
