"""Which service a path of ours leads to."""

import re
from dataclasses import dataclass
from typing import Literal

from preau.gateway.settings import SERVICES

Audience = Literal["parent", "agent", "public", "hook", "sandbox"]

OPENAPI_PATH = "/api/openapi.json"
PREFIXES = ("/api/", "/hooks/", "/sandbox/")

_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_STRAY = re.compile(r"%2f|%5c|%00|\\", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: `path` is the service's own, percent-encoded as it came."""

    audience: Audience
    service: str
    path: str

    @property
    def template(self) -> str:
        """The path as it came, without what may hold an id."""
        match self.audience:
            case "hook":
                return "/hooks/payments/{provider}/{regie}"
            case "sandbox":
                return "/sandbox/bank/{reference}"
            case _:
                return f"/api/{self.audience}/{self.service}/{{path}}"

    @property
    def takes_documents(self) -> bool:
        """Whether the body may be a file."""
        return self.service == "requests" and "/documents" in self.path


def target_of(raw_path: str, *, development: bool) -> Target | None:
    """The target of a percent-encoded path, None when it leads nowhere.

    Dot segments and encoded slashes lead nowhere: a service would read another path than the one judged here.
    """
    if _DOTS.search(raw_path) or _STRAY.search(raw_path):
        return None
    match raw_path.split("/", 4):
        case ["", "api", ("parent" | "agent" | "public") as audience, service, rest] if service in SERVICES:
            return Target(audience, service, f"/{audience}/{rest}")
        case ["", "hooks", "payments", provider, regie] if "/" not in regie:
            return Target("hook", "payments", f"/hooks/{provider}/{regie}")
        case ["", "sandbox", "bank", reference] if development:
            return Target("sandbox", "payments", f"/public/sandbox/bank/{reference}")
        case _:
            return None
