"""The proof of work of the registration, solved as a browser would."""

import base64
import json
from typing import Any

import altcha


def solve(challenge: dict[str, Any]) -> str:
    """The payload that answers a challenge of the identity service."""
    solution: Any = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    payload = {"challenge": challenge, "solution": solution.to_dict()}
    return base64.b64encode(json.dumps(payload).encode()).decode()
