"""The answer to a client that tries too often."""

import math
from datetime import datetime

from preau.common.errors import TooManyRequests


def too_many_tries(until: datetime | None, now: datetime) -> TooManyRequests:
    """429 with the seconds to wait, one at least."""
    wait = max(1, math.ceil((until - now).total_seconds())) if until else 1
    return TooManyRequests("Trop d’essais : merci de patienter avant de recommencer.", retry_after=wait)
