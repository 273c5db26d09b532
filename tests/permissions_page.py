"""Writes ``docs/permissions.md``: every route of the services, who may call it, whose rows it sees.

``python -m tests.permissions_page`` (part of ``make docs``) writes it; a test says that it is fresh.
"""

from pathlib import Path

from preau.common.http.permissions import TECHNICAL_PATHS, permission_of, routes_of
from tests.fleet import SERVICES, Service

PAGE = Path(__file__).parents[1] / "docs/permissions.md"
HEAD = """# Who may call what

Written by `make docs` from the services' routes; a test fails when it is stale, and another when a route
declares no permission. Agents with the role `admin` may do everything in their commune. Parents reach what is
their family's, agents what is their commune's: the rest answers 404, and row-level security stands behind it.
Below `/public` and `/hooks` a route names itself what it opens. The gateway's paths are
`/api/<parent, agent or public>/<service>/…`.
"""


def rows_of(service: Service) -> list[tuple[str, str, str, str]]:
    """Path, method, who may, tenant; by path."""
    return sorted(
        (route.path, method, permission.who, permission.tenant)
        for route in routes_of(service.app())
        if route.path not in TECHNICAL_PATHS and (permission := permission_of(route)) is not None
        for method in route.methods or ()
    )


def page() -> str:
    lines = [HEAD]
    for service in SERVICES:
        lines += [f"## {service.name}", "", "| route | who may call it | sees |", "|---|---|---|"]
        lines += [
            f"| `{method} {path}` | {who} | {tenant} |" for path, method, who, tenant in rows_of(service)
        ]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page())
