"""Every page of the portal and every form in it, found as a browser finds them: by following links."""

import functools
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI

from preau.common.http.permissions import routes_of
from tests.security.pages.markup import HtmlForm, read_page
from tests.security.pages.person import FORM, Person

ENTRIES = (
    "/",
    "/agent",
    "/boite-d-essai",
    "/inscription",
    "/mot-de-passe-oublie",
    "/agent/mot-de-passe-oublie",
    "/adhesion",
    "/actualites",
)
MACHINES = ("/healthz", "/readyz", "/metrics", "/api/", "/static/")
INSTANCES = 3
"""Pages of one route that are opened: the first ones found."""
BANK = "/sandbox/bank/{transaction_ref}"


@dataclass(frozen=True)
class Address:
    """A route of the pages: what it takes from its path and its query."""

    method: str
    path: str
    query: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    def matches(self, path: str) -> bool:
        return _pattern(self.path).fullmatch(path.partition("?")[0]) is not None


@functools.cache
def _pattern(path: str) -> re.Pattern[str]:
    """Of the addresses that a route answers."""
    return re.compile(re.sub(r"\\\{[a-z_]+(:path)?\\\}", "[^/]+", re.escape(path)))


def addresses_of(app: FastAPI) -> list[Address]:
    """The pages that the application itself says it has, and the sandbox bank's behind it."""
    found = [
        Address(method, str(route.path), _query_of(route))
        for route in routes_of(app)
        for method in sorted((route.methods or set()) - {"HEAD"})
        if not str(route.path).startswith(MACHINES)
    ]
    return [*found, Address("GET", BANK), Address("POST", BANK)]


def _query_of(route: Any) -> tuple[str, ...]:
    dependant = getattr(route, "dependant", None) or getattr(route.original_route, "dependant", None)
    return tuple(each.alias for each in dependant.query_params) if dependant else ()


@dataclass
class SiteMap:
    """Who reached which page, which forms stand there, and the ids seen on the way."""

    addresses: list[Address]
    opened: dict[tuple[str, str], str] = field(default_factory=dict)
    forms: dict[tuple[str, str], HtmlForm] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)
    """The addresses of what is no page of its own: files, and what a page asks for to put into itself."""

    def address(self, method: str, path: str) -> Address | None:
        """The route that answers: one without parameters goes before one with."""
        fitting = [each for each in self.addresses if each.method == method and each.matches(path)]
        return min(fitting, key=lambda each: each.path.count("{"), default=None)

    async def explore(self, person: Person, starts: list[str]) -> None:
        """Follow every link from the entries and the starts on."""
        waiting, seen, times = [*ENTRIES, *starts], set[str](), Counter[str]()
        while waiting:
            path = waiting.pop(0).replace(str(person.client.base_url).rstrip("/"), "").partition("#")[0]
            address = self.address("GET", path)
            if address is None or path in seen or times[address.label] >= INSTANCES:
                continue
            seen.add(path)
            times[address.label] += 1
            waiting += await self._open(person, address, path)

    async def _open(self, person: Person, address: Address, path: str) -> list[str]:
        answer = await person.ask("GET", path, keep=True)
        assert answer.status_code < 500, f"{person.name} GET {path}: {answer.text:.1000}"
        if answer.status_code >= 400:
            return []
        to = answer.headers.get("location", "")
        if "/connexion" not in to:
            self.opened.setdefault((person.name, address.label), path)
        if to:
            return [to]
        if "html" not in answer.headers["content-type"] or "<html" not in answer.text:
            self.parts.add(path)
        if "html" not in answer.headers["content-type"]:
            return []
        page = read_page(path, answer.text)
        for form in page.forms:
            to = self.address(form.method.upper(), form.action.partition("?")[0])
            if to is not None:
                self.forms.setdefault((person.name, to.label), form)
        self.ids += [each for each in re.findall(r"[0-9a-f-]{36}", answer.text) if each not in self.ids]
        return page.links

    async def press(self, person: Person, label: str) -> None:
        """Send a form as it stands, and look at the page that follows."""
        form = self.forms[person.name, label]
        fields = [
            *((name, text) for name, text in form.sent() if name != "csrf_token"),
            ("csrf_token", person.token),
        ]
        answer = await person.ask("POST", form.action, [FORM], urlencode(fields).encode(), keep=True)
        assert answer.status_code == 303, f"{person.name} {label}: {answer.status_code} {answer.text:.1000}"
        follows = answer.headers["location"].partition("#")[0]
        address = self.address("GET", follows)
        assert address is not None, follows
        await self._open(person, address, follows)

    def unreached(self) -> set[str]:
        """The routes that nobody came to: the stage lacks something."""
        reached = {label for _, label in self.opened} | {label for _, label in self.forms}
        return {address.label for address in self.addresses} - reached
