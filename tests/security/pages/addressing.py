"""Odd paths, queries and cookies for a page."""

from random import Random
from urllib.parse import quote, urlencode
from uuid import UUID

from tests.security.pages.values import COOKIES, JARS, QUERIES, SEGMENTS, value


def query(names: tuple[str, ...], random: Random, ids: list[str]) -> bytes:
    """A query string: names that the page takes with odd values, repeated ones, or rubbish."""
    if not names or random.random() < 0.2:
        return random.choice(QUERIES)
    pairs = [(random.choice(names), value(random, ids)[:4000]) for _ in range(random.choice([1, 1, 2, 4]))]
    return urlencode(pairs, errors="surrogatepass").encode()


def path(template: str, random: Random, ids: list[str]) -> str:
    """The route's path with something else where an id or a code should be."""
    while "{" in template:
        before, _, rest = template.partition("{")
        kinds = [
            random.choice(SEGMENTS),
            quote(random.choice(ids or ["a"])),
            str(UUID(int=random.getrandbits(128))),
        ]
        template = before + random.choice(kinds) + rest.partition("}")[2]
    return template + random.choice(["", "", "", "/", "//", "/%00", "/."])


def cookies(jar: dict[str, str], random: Random) -> tuple[bytes, bytes]:
    """The Cookie header with one of ours damaged, doubled, or huge."""
    own = {name: text.encode("latin-1") for name, text in jar.items()}
    own[random.choice(COOKIES)] = random.choice(JARS)
    pairs = [name.encode() + b"=" + text for name, text in own.items()]
    pairs += random.choice([[], [], [b"=", b";;", b"a"], [b"x%d=y" % n for n in range(300)], pairs[:1]])
    return b"cookie", random.choice([b"; ", b";", b" ; ", b", "]).join(pairs)
