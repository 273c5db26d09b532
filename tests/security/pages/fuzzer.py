"""Sends odd requests to every page as everybody, each drawn from its own name: any one can be sent again."""

import os
from collections import Counter
from random import Random
from typing import Any

import httpx2

from tests.security.pages import addressing, bodies, filling
from tests.security.pages.answers import wrong_with
from tests.security.pages.markup import HtmlForm
from tests.security.pages.person import Person
from tests.security.pages.site_map import Address, SiteMap
from tests.security.pages.values import HEADERS, Headers

SEED = os.environ.get("PREAU_FUZZ_SEED", "preau")
EXAMPLES = int(os.environ.get("PREAU_FUZZ_EXAMPLES", "3"))
LIST = ("tri", "cursor", "avant", "q", "status", "regie_id")
"""What a list and its sheets take from their query, besides their own filters."""
SHEET = ".{kind}"
ONLY = os.environ.get("PREAU_FUZZ_ONLY", "")
"""The name of one request, as a failure tells it: ``parent POST /profil 3``."""


class PageFuzzer:
    """Everybody before the site that one of them has explored."""

    def __init__(self, site: SiteMap, people: list[Person]) -> None:
        self.site = site
        self.people = people
        self.failures: list[str] = []
        self.answered: Counter[int] = Counter()
        self.fuzzed: set[str] = set()
        """The labels of the routes that answered."""

    async def fuzz_all(self) -> None:
        for address in self.site.addresses:
            for person in self.people:
                await self.fuzz(address, person)

    async def fuzz(self, address: Address, person: Person) -> None:
        """Some requests from those the page is made for, one from everybody else."""
        form = self.site.forms.get((person.name, address.label))
        at_home = form is not None or (person.name, address.label) in self.site.opened
        many = EXAMPLES + (len(form.names) // 3 if form else 0) if at_home else 1
        for number in range(many):
            name = f"{person.name} {address.label} {number}"
            if ONLY in {"", name}:
                await self.send(name, address, person)

    async def send(self, name: str, address: Address, person: Person) -> None:
        """Send the request of this name and look at the answer."""
        random = Random(f"{SEED} {name}")  # noqa: S311 - the same in each run
        target, headers, body = self._drawn(address, person, random)
        try:
            answer = await person.ask(address.method, target, headers, body)
        except httpx2.TransportError as error:
            self.failures.append(f"{name}: no answer, {error!r}\n    {target!r:.300} {headers!r:.300}")
            return
        self.answered[answer.status_code] += 1
        self.fuzzed.add(address.label)
        for wrong in wrong_with(answer, address.path):
            told = f"{target!r:.200} {headers!r:.300} {body!r:.600}"
            self.failures.append(f"{name}: {wrong}\n    {told}\n    {answer.text:.200}")
        if person.email and any("Max-Age=0" in each and "flash" not in each for each in _cookies(answer)):
            await person.sign_in()

    def _drawn(self, address: Address, person: Person, random: Random) -> tuple[bytes, Headers, bytes]:
        site, ids = self.site, self.site.ids
        form = site.forms.get((person.name, address.label))
        path = (
            form.action
            if form and address.method == "POST"
            else site.opened.get((person.name, address.label))
        )
        aspects = {"POST": ["body"] * 9 + ["path", "query", "cookies", "headers"]}.get(
            address.method, ["query"] * 4 + ["path"] * 3 + ["cookies"] * 3 + ["headers"] * 2
        )
        aspect = random.choice(aspects)
        if path is None or (aspect == "path" and "{" in address.path):
            path = addressing.path(address.path, random, ids)
        target = path.encode()
        if aspect == "query":
            names = self._names_of(address, form)
            target = target.partition(b"?")[0] + b"?" + addressing.query(names, random, ids)
        headers: Headers = []
        if aspect == "cookies":
            headers.append(addressing.cookies(person.cookies, random))
        if aspect == "headers":
            headers.append(random.choice(HEADERS))
            if headers[0][0] == b"referer":
                headers.append((b"origin", b""))
        if random.random() < 0.3:
            headers.append((b"hx-request", b"true"))
        body = b""
        if address.method == "POST":
            body = self._body(person, address, random, headers, mutate=aspect == "body")
        return target, [pair for pair in headers if pair != (b"origin", b"")], body

    def _names_of(self, address: Address, form: HtmlForm | None) -> tuple[str, ...]:
        """What the page takes from its query: what its route says, and the filters above a list."""
        is_list = address.path.endswith(SHEET) or (form is not None and form.method == "get")
        return (*address.query, *(form.names if form else ()), *(LIST if is_list else ()))

    def _body(
        self, person: Person, address: Address, random: Random, headers: Headers, *, mutate: bool
    ) -> bytes:
        form = self.site.forms.get((person.name, address.label))
        fields = filling.filled(form) if form else [("a", "b")]
        fields = [(name, text) for name, text in fields if name != "csrf_token"]
        if mutate:
            fields = filling.mutated(fields, random, self.site.ids)
        if random.random() < 0.9:
            fields.insert(0, ("csrf_token", person.token))
        if random.random() < 0.5 and all(name != b"x-csrf-token" for name, _ in headers):
            headers.append((b"x-csrf-token", person.token.encode()))
        kind, body = random.choice(bodies.ENCODINGS if mutate else bodies.ENCODINGS[:1])(fields, random)
        if all(name != b"content-type" for name, _ in headers):
            headers.append((b"content-type", kind))
        return body


def _cookies(answer: Any) -> list[str]:
    return answer.headers.get_list("set-cookie")
