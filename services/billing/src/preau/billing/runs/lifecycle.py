"""The lifecycle of a billing run: computed it is a preview, issued it is final."""

from typing import Literal

from preau.common.lifecycle import Lifecycle

Status = Literal["computing", "computed", "issued", "discarded"]
Act = Literal["finish", "issue", "discard"]

RUN: Lifecycle[Status, Act] = Lifecycle(
    "run",
    {
        "computing": {"finish": "computed", "discard": "discarded"},
        "computed": {"issue": "issued", "discard": "discarded"},
        "issued": {},
        "discarded": {},
    },
)
