"""Methods that no page has, and odd requests on their way to a service: refused, never a failure."""

from itertools import chain, cycle

from tests.security.pages.answers import SAFETY, wrong_with
from tests.security.pages.person import PEOPLE, Person
from tests.security.pages.site_map import addresses_of
from tests.security.pages.test_page_fuzzing import gateway
from tests.security.pages.values import COOKIES, HEADERS, JARS, QUERIES, SEGMENTS

METHODS = ("OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND")
ENTRIES = ("/api/parent/identity/account", "/api/public/identity/communes", "/hooks/payments/sandbox/x")


async def test_no_page_fails_on_a_method_that_it_does_not_have(portal) -> None:
    visitor = await Person("visitor", portal).sign_in()
    wrong: list[str] = []
    odd = cycle(METHODS)
    for path in dict.fromkeys(address.path for address in addresses_of(gateway().pages)):
        if path.startswith("/sandbox/"):
            continue  # passed on: a page of a service
        for method in ("HEAD", next(odd)):
            answer = await visitor.ask(method, path.replace("{", "").replace("}", ""))
            missing = [name for name in SAFETY if name not in answer.headers]
            if answer.status_code >= 500 or missing:
                wrong.append(f"{method} {path}: {answer.status_code} lacks {missing}")
            elif method != "HEAD" and answer.status_code >= 400:
                wrong += [f"{method} {path}: {told}" for told in wrong_with(answer, path)]
    assert wrong == []


async def test_no_odd_request_to_a_service_is_a_failure(portal) -> None:
    parent = await Person("parent", portal, PEOPLE["parent"]).sign_in()
    wrong: list[str] = []
    for entry in ENTRIES:
        here = entry.encode()
        targets = [here + b"/" + each.encode() for each in SEGMENTS] + [
            here + b"?" + each for each in QUERIES
        ]
        damaged = [
            (b"cookie", name.encode() + b"=" + jar) for name, jar in zip(cycle(COOKIES), JARS, strict=False)
        ]
        asked = chain(
            ((target, []) for target in targets), ((here, [pair]) for pair in chain(HEADERS, damaged))
        )
        for target, headers in asked:
            answer = await parent.ask("GET", target, headers)
            kind = answer.headers.get("content-type", "")
            if answer.status_code >= 500 or (answer.status_code >= 400 and "json" not in kind):
                wrong.append(
                    f"{target!r:.200} {headers!r:.200}: {answer.status_code} {kind} {answer.text:.200}"
                )
    assert wrong == []
