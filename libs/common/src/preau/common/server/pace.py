"""How fast a client must be: pieces not too far apart, and a rate over the whole."""

from math import inf

from preau.common.server.limits import ServerLimits


class ReadingPace:
    """A body on its way in."""

    __slots__ = ("_began", "_limits", "received")

    def __init__(self, limits: ServerLimits, now: float) -> None:
        self._limits = limits
        self._began = now
        self.received = 0

    def deadline(self, now: float) -> float:
        """When more must have come, given that something came just ``now``."""
        limits = self._limits
        due = self._began + limits.stall_seconds + self.received / limits.least_bytes_per_second
        return min(now + limits.stall_seconds, due)

    def forgive(self, seconds: float) -> None:
        """Leave out a time in which the client could not send."""
        self._began += seconds


class SendingPace:
    """Answers on their way out: in each window the client takes them all, or enough."""

    __slots__ = ("_deadline", "_limits", "_unsent")

    def __init__(self, limits: ServerLimits) -> None:
        self._limits = limits
        self._unsent = 0
        self._deadline = inf

    def taken(self) -> None:
        """The client took what there was, or nearly."""
        self._deadline = inf

    def is_too_slow(self, unsent: int, now: float) -> bool:
        """Whether ``unsent`` bytes wait for a client that takes none, or next to none."""
        if not unsent:
            self._deadline = inf
            return False
        if self._deadline == inf:
            self._open_window(unsent, now)
            return False
        if now <= self._deadline:
            return False
        least = self._limits.least_bytes_per_second * self._limits.stall_seconds
        too_slow = self._unsent - unsent < least
        self._open_window(unsent, now)
        return too_slow

    def forgive(self, seconds: float) -> None:
        """Leave out a time in which nothing was sent."""
        self._deadline += seconds

    def _open_window(self, unsent: int, now: float) -> None:
        self._unsent = unsent
        self._deadline = now + self._limits.stall_seconds
