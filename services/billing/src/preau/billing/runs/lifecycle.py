"""The lifecycle of a billing run: computed it is a preview, issued it is final.

A preview whose charges changed since is computed again, in part, before it can be issued; what changes while
the invoices are being issued is left, and the run is a preview again of what is left. Whoever does not want
the rest closes the run.
"""

from typing import Literal

from preau.common.lifecycle import Lifecycle

Status = Literal["computing", "compute_paused", "computed", "issuing", "issue_paused", "issued", "discarded"]
Act = Literal[
    "finish",
    "recompute",
    "set_aside",
    "issue",
    "complete",
    "leave",
    "pause",
    "resume",
    "discard",
    "close",
]

RUN: Lifecycle[Status, Act] = Lifecycle(
    "run",
    {
        "computing": {"finish": "computed", "pause": "compute_paused", "discard": "discarded"},
        "compute_paused": {
            "resume": "computing",
            "set_aside": "compute_paused",
            "discard": "discarded",
        },
        "computed": {
            "set_aside": "computed",
            "recompute": "computing",
            "issue": "issuing",
            "discard": "discarded",
            "close": "issued",
        },
        "issuing": {"complete": "issued", "leave": "computed", "pause": "issue_paused"},
        "issue_paused": {"resume": "issuing", "close": "issued"},
        "issued": {},
        "discarded": {},
    },
)

MOVING: frozenset[Status] = RUN.before("pause")
"""Workers are at it."""

ISSUING: frozenset[Status] = frozenset({"issuing", "issue_paused"})
"""Stages are being issued, or wait to be."""
