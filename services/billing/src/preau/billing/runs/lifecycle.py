"""The lifecycle of a billing run: computed it is a preview, issued it is final.

A preview whose charges changed since is computed again, in part, before it can be issued.
"""

from typing import Literal

from preau.common.lifecycle import Lifecycle

Status = Literal["computing", "computed", "issued", "discarded"]
Act = Literal["finish", "recompute", "issue", "discard"]

RUN: Lifecycle[Status, Act] = Lifecycle(
    "run",
    {
        "computing": {"finish": "computed", "discard": "discarded"},
        "computed": {"recompute": "computing", "issue": "issued", "discard": "discarded"},
        "issued": {},
        "discarded": {},
    },
)
