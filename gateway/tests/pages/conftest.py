"""Pages are tested over the real services: the fixture ``system`` runs all of Préau."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx2
import pytest

from preau.testing.clients import client_of

PASSWORD = "demo-Preau-2026"


@dataclass
class Browser:
    """A browser without JavaScript: it keeps cookies, follows redirects and sends forms."""

    client: httpx2.AsyncClient
    origin: str
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)
    page: Any = None

    async def open(self, path: str, **headers: str) -> Any:
        return await self._go("GET", path, headers)

    async def send(self, path: str, data: dict[str, Any] | None = None, /, **fields: Any) -> Any:
        token = {"csrf_token": self.cookies.get("__Host-preau_csrf", "")}
        return await self._go("POST", path, {}, token | (data or {}) | fields)

    async def send_in_place(self, path: str, data: dict[str, Any], /, **fields: Any) -> Any:
        """Send a form as htmx does, for a part of the page."""
        token = {"csrf_token": self.cookies.get("__Host-preau_csrf", "")}
        return await self._go("POST", path, {"hx-request": "true"}, token | data | fields)

    async def send_file(self, path: str, **files: tuple[str, bytes, str]) -> Any:
        """Send a form with files, each by its field: its name, octets and type."""
        token = {"csrf_token": self.cookies.get("__Host-preau_csrf", "")}
        return await self._go("POST", path, {}, token, files)

    async def _go(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        data: dict[str, Any] | None = None,
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> Any:
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"cookie": jar, "origin": self.origin, **headers}
        self.page = await self.client.request(method, path, headers=sent, data=data, files=files)
        received = self.page.headers.get_list("set-cookie")
        self.set_cookies += received
        for cookie in received:
            name, value = cookie.split(";")[0].split("=", 1)
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        if self.page.status_code == 303:
            return await self._go("GET", self.page.headers["location"], {})
        return self.page

    @property
    def text(self) -> str:
        """The page's words, without its tags."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page.text)).split())

    def find(self, pattern: str) -> str:
        """The first group of `pattern` in the page's source."""
        found = re.search(pattern, self.page.text)
        assert found, f"{pattern} is not in {self.page.url}"
        return found.group(1)

    async def sign_in(self, email: str, password: str = PASSWORD) -> "Browser":
        await self.open("/agent/connexion")
        await self.send("/agent/connexion", email=email, password=password, suite="/agent")
        return self


@pytest.fixture
async def browser(system: str) -> AsyncIterator[Browser]:
    """A browser that nobody has signed in with."""
    async with client_of(system) as client:
        yield Browser(client, system)


@pytest.fixture
async def office(browser: Browser) -> Browser:
    """The browser of the commune's administrator."""
    return await browser.sign_in("admin@jolieville.example")
