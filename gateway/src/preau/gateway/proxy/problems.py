"""Problems (RFC 9457): those the gateway tells, and those the services told it."""

import json
from typing import Any

Headers = list[tuple[bytes, bytes]]

PROBLEM_ROOT = "https://preau.example/problems/"


class GatewayProblem(Exception):
    """What the gateway refuses by itself. `detail` is French, for the person at the other end."""

    def __init__(
        self, status: int, type: str, title: str, detail: str, *, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds

    def body(self) -> bytes:
        """The problem as application/problem+json."""
        return json.dumps(
            {
                "type": PROBLEM_ROOT + self.type,
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
            },
            ensure_ascii=False,
        ).encode()

    def headers(self) -> Headers:
        """The headers that go with `body`."""
        headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
        if self.retry_after_seconds is not None:
            headers.append((b"retry-after", str(self.retry_after_seconds).encode()))
        return headers


class UpstreamProblem(Exception):
    """A service answered 4xx or 5xx, or could not answer (status 502, 503, 504)."""

    def __init__(self, status: int, content: dict[str, Any], retry_after_seconds: int | None = None) -> None:
        self.status = status
        self.content = content
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"{status} {self.type}: {self.detail}")

    @property
    def type(self) -> str:
        """The last part of the problem's type, "slot-full" for instance; "" when none was told."""
        return str(self.content.get("type") or "").rsplit("/", 1)[-1]

    @property
    def title(self) -> str:
        """A few words in French."""
        return str(self.content.get("title") or "")

    @property
    def detail(self) -> str:
        """A sentence in French, for the person; "" when none was told."""
        return str(self.content.get("detail") or "")

    @property
    def field_errors(self) -> dict[str, str]:
        """What is wrong by field ("children.0.birth_date"), {} unless the service said so."""
        errors = self.content.get("errors")
        if not isinstance(errors, list):
            return {}
        told: dict[str, str] = {}
        for each in errors:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(each, dict) and "field" in each:
                told.setdefault(str(each["field"]), str(each.get("message", "")))  # pyright: ignore[reportUnknownArgumentType]
        return told
