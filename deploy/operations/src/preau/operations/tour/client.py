"""A client of the gateway, as a parent's or an agent's application would be."""

import functools
import json
import ssl
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2

from preau.operations.tour.story import NotSo


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The certificates that the system trusts: read once, in 20 ms, for all the clients of a tour."""
    return httpx2.create_ssl_context()


class Client:
    """Speaks to the gateway with the token of one signed-in subject, renewed in time."""

    def __init__(self, url: str, subject: str = "parent") -> None:
        self._http = httpx2.Client(base_url=url, timeout=30, verify=_trusted())
        self._subject = subject
        self._refresh_token = ""
        self._expires_at = 0.0

    def sign_in(self, email: str, password: str) -> dict[str, Any]:
        session = self.call(
            "POST",
            "/api/public/identity/sessions",
            json={"email": email, "password": password, "subject": self._subject},
            expect=201,
        )
        self._keep(session)
        return session

    def renew(self) -> None:
        """Take a fresh token: it holds the memberships of now."""
        self._keep(
            self.call(
                "POST",
                "/api/public/identity/sessions/refresh",
                json={"refresh_token": self._refresh_token},
                expect=(200, 201),
            )
        )

    def _keep(self, session: dict[str, Any]) -> None:
        self._refresh_token = session["refresh_token"]
        self._http.headers["Authorization"] = f"Bearer {session['access_token']}"
        self._expires_at = time.monotonic() + session["expires_in"] - 30

    def api(
        self, method: str, service: str, path: str, *, expect: int | tuple[int, ...] = 200, **options: Any
    ) -> Any:
        """Call ``/api/<subject>/<service>/<path>``; raises ``NotSo`` for another status than expected."""
        if self._refresh_token and time.monotonic() > self._expires_at:
            self.renew()
        return self.call(method, f"/api/{self._subject}/{service}/{path}", expect=expect, **options)

    def once(self, service: str, path: str, *, expect: int | tuple[int, ...] = 201, **options: Any) -> Any:
        """A POST with an idempotency key of its own, or the one given as ``key``."""
        key = options.pop("key", None) or str(uuid4())
        return self.api("POST", service, path, expect=expect, headers={"Idempotency-Key": key}, **options)

    def call(self, method: str, path: str, *, expect: int | tuple[int, ...] = 200, **options: Any) -> Any:
        """One call; a service that is away or busy (502, 503, 504) is asked again for up to a minute."""
        give_up_at = time.monotonic() + 60
        while True:
            try:
                answer = self._http.request(method, path, **options)
            except httpx2.TransportError as error:
                if time.monotonic() > give_up_at:
                    raise NotSo(f"{method} {path}: {error!r}") from error
                time.sleep(0.5)
                continue
            if answer.status_code in (429, 502, 503, 504) and time.monotonic() < give_up_at:
                time.sleep(min(5.0, float(answer.headers.get("Retry-After", "0.5"))))
                continue
            break
        expected = (expect,) if isinstance(expect, int) else expect
        if answer.status_code not in expected:
            raise NotSo(f"{method} {path}: {answer.status_code} instead of {expect}\n{answer.text[:1500]}")
        if "json" in answer.headers.get("content-type", "") and answer.content:
            return answer.json()
        return answer.content

    def events(self, service: str, path: str) -> Iterator[dict[str, Any]]:
        """What the server-sent events of ``/api/<subject>/<service>/<path>`` tell, until they end or are cut.

        A service that is away or busy tells nothing: `api` waits for it.
        """
        if self._refresh_token and time.monotonic() > self._expires_at:
            self.renew()
        try:
            with self._http.stream("GET", f"/api/{self._subject}/{service}/{path}") as answer:
                if answer.status_code in (429, 502, 503, 504):
                    return
                if answer.status_code != 200:
                    raise NotSo(f"GET {path}: {answer.status_code} instead of 200")
                for line in answer.iter_lines():
                    if line.startswith("data:"):
                        yield json.loads(line.removeprefix("data:"))
        except httpx2.TransportError:
            return

    def page(self, method: str, url: str, **options: Any) -> httpx2.Response:
        """A page outside the API, such as the bank's; redirects are left to the caller."""
        return self._http.request(method, url, follow_redirects=False, **options)
