"""Every cookie that any address of the gateway sets is of one kind: `__Host-`, Secure, closed to scripts."""

import re
from uuid import UUID

import pytest

from preau.common.http.permissions import routes_of
from preau.gateway.app import create_app
from preau.gateway.security.cookies import cookie
from preau.gateway.settings import GatewaySettings

KNOWN = {
    f"__Host-preau_{name}"
    for name in ("session", "agent", "csrf", "flash", "foyer", "calendrier", "kept", "keys")
}
ATTRIBUTES = {"path=/", "secure", "httponly", "samesite=lax"}
ENDS_SESSIONS = ("/deconnexion", "/agent/deconnexion")
BESIDE_THE_PAGES = (
    "/sandbox/bank/none",
    "/api/public/identity/communes",
    "/api/parent/identity/account",
    "/rien",
)


def pages() -> list[tuple[str, str]]:
    """Each page's method and an address of it."""
    app = create_app(GatewaySettings(environment="development"))
    found = [
        (method, re.sub(r"\{\w+(:\w+)?\}", str(UUID(int=7)), route.path))
        for route in routes_of(app.pages)
        for method in sorted((route.methods or set()) & {"GET", "POST"})
    ]
    return [*found, *(("GET", path) for path in BESIDE_THE_PAGES)]


def kind_of(set_cookie: str) -> tuple[str, set[str]]:
    """A cookie's name and its attributes but for how long it lasts."""
    pair, *attributes = (part.strip() for part in set_cookie.split(";"))
    lowered = {attribute.lower() for attribute in attributes}
    return pair.partition("=")[0], {each for each in lowered if not each.startswith("max-age=")}


async def visit_all(browser, *methods: str) -> None:
    for method, path in pages():
        if method in methods and path not in ENDS_SESSIONS:
            await (browser.open(path) if method == "GET" else browser.send(path))


async def test_every_cookie_is_of_one_kind(browser):
    await visit_all(browser, "GET")
    await browser.send(
        "/inscription", password="une bien longue phrase", password_confirmation="une bien longue phrase"
    )
    await browser.open("/connexion")
    await browser.send("/connexion", email="parent@jolieville.example", password="demo-Preau-2026", suite="/")
    await browser.sign_in("admin@jolieville.example")
    account = (await browser.open("/api/parent/identity/account")).json()
    await browser.send("/foyer", family_id=account["memberships"][0]["family_id"])
    await visit_all(browser, "GET", "POST")
    await browser.send("/agent/raccourcis", shortcuts="off")
    for path in ENDS_SESSIONS:
        await browser.send(path)
    seen = [kind_of(each) for each in browser.set_cookies]
    assert [each for each in seen if each[1] != ATTRIBUTES] == []
    assert {name for name, _ in seen} == KNOWN


def test_a_cookie_that_another_host_could_set_is_not_made():
    with pytest.raises(ValueError, match="__Host-"):
        cookie("preau_theme", "dark")
