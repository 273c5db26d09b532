"""The lifecycle of a print: its chunks are rendered, then joined into one file."""

from typing import Literal

from preau.common.lifecycle import Lifecycle

Status = Literal["rendering", "ready", "failed"]
Act = Literal["finish", "give_up"]

PRINT: Lifecycle[Status, Act] = Lifecycle(
    "print",
    {"rendering": {"finish": "ready", "give_up": "failed"}, "ready": {}, "failed": {}},
)
