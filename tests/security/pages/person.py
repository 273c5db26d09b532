"""Somebody before the pages: a visitor, a parent, an agent of each role."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

FORM = (b"content-type", b"application/x-www-form-urlencoded")
CSRF = "__Host-preau_csrf"
PASSWORD = "demo-Preau-2026"
SIGN_IN = {"visitor": "", "parent": "/connexion", "agent": "/agent/connexion"}
PEOPLE = {
    "visitor": "",
    "parent": "parent@jolieville.example",
    "agent admin": "admin@jolieville.example",
    "agent reservations": "accueil@jolieville.example",
    "agent attendance": "animation@jolieville.example",
    "agent billing": "regie@jolieville.example",
}
"""Everybody, with the address they sign in by: each role of an agent is one of them."""


@dataclass
class Person:
    """A browser's cookies, and the one way to ask for a page with any bytes in it."""

    name: str
    client: httpx2.AsyncClient
    email: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.name.split()[0]

    @property
    def token(self) -> str:
        return self.cookies.get(CSRF, "")

    async def ask(
        self,
        method: str,
        target: str | bytes,
        headers: list[tuple[bytes, bytes]] | None = None,
        body: bytes = b"",
        keep: bool = False,
    ) -> Any:
        """Send exactly these bytes; headers named here replace those that a browser would send."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {
            b"host": str(self.client.base_url.netloc, "ascii").encode(),
            b"origin": str(self.client.base_url).rstrip("/").encode(),
            b"cookie": jar.encode("latin-1"),
            b"accept-encoding": b"identity",
        }
        named = {name.lower() for name, _ in headers or []}
        sent = [pair for pair in own.items() if pair[0] not in named and pair[1]] + (headers or [])
        if body or method == "POST":
            sent.append((b"content-length", str(len(body)).encode()))
        raw = target.encode("utf-8") if isinstance(target, str) else target
        request = httpx2.Request(
            method, self.client.base_url, headers=sent, content=body, extensions={"target": raw}
        )
        answer = await self.client.send(request)
        if keep:
            self._keep(answer)
        return answer

    def _keep(self, answer: Any) -> None:
        for cookie in answer.headers.get_list("set-cookie"):
            name, value = cookie.split(";")[0].split("=", 1)
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    async def sign_in(self) -> "Person":
        """Begin anew: with a session for whoever has an address, else as a visitor with a form's token."""
        self.cookies.clear()
        await self.ask("GET", SIGN_IN[self.kind] or "/connexion", keep=True)
        if self.email:
            fields = {"csrf_token": self.token, "email": self.email, "password": PASSWORD}
            answer = await self.ask("POST", SIGN_IN[self.kind], [FORM], urlencode(fields).encode(), keep=True)
            assert answer.status_code == 303, f"{self.name}: {answer.status_code} {answer.text:.2000}"
        return self
