"""Every HTTP server of the tree is the one with bounds, and every part's settings hold them."""

import re
from pathlib import Path

import pytest

from preau.common.server.limits import ServerLimits
from preau.gateway.settings import GatewaySettings
from tests.fleet import SERVICES

ROOT = Path(__file__).parents[2]
SERVER = "libs/common/src/preau/common/server/"
OTHER_SERVERS = re.compile(
    r"^\s*(?:from|import) (?:uvicorn|hypercorn|granian|daphne|aiohttp\.web|http\.server|socketserver)\b"
    r"|^\s*from aiohttp import .*\bweb\b|asyncio\.start_server|\.create_server\(",
    re.MULTILINE,
)


def sources() -> list[Path]:
    return [
        path
        for path in sorted(ROOT.glob("*/**/src/**/*.py"))
        if "testing" not in (*path.parts, path.stem) and not str(path.relative_to(ROOT)).startswith(SERVER)
    ]


def test_nothing_else_listens() -> None:
    assert len(found := sources()) > 100
    assert [str(path.relative_to(ROOT)) for path in found if OTHER_SERVERS.search(path.read_text())] == []


def test_another_server_would_be_seen() -> None:
    server = ROOT / SERVER / "serving.py"
    assert OTHER_SERVERS.search(server.read_text())


@pytest.mark.parametrize("settings", [*(service.settings for service in SERVICES), GatewaySettings])
def test_every_part_is_bounded_by_its_settings(settings: type) -> None:
    assert issubclass(settings, ServerLimits)
