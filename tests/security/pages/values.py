"""What nobody types and somebody sends: days, numbers, texts, path segments, queries, cookies, headers."""

import base64
from random import Random
from uuid import UUID

Headers = list[tuple[bytes, bytes]]

DAYS = ["0001-01-01", "9999-12-31", "9999-12-27", "2026-02-30", "10000-01-01", "-001-01-01", "0000-00-00"]
DAYS += ["2026-W01-1", "20260312", "2026-03-12T00:00", "12/03/2026", "1969-12-31", "2026-13", "9999-12"]
NUMBERS = ["0", "-1", "+1", "²", "١٢", "1_000", "9" * 30, "9" * 5000, "1e999999", "1e400", "NaN", "-Infinity"]
NUMBERS += ["0x10", "1.5", "1,5", "2147483648", "9223372036854775808", "-0", "0,005", "01", "1e-400"]
TEXTS = ["", " ", "\x00", "a\x00b", "\x1b[31m", "\r\nSet-Cookie: a=b", "é" * 300, "😀" * 200, "a" * 70_000]
TEXTS += ["'\"<script>alert(1)</script>", "{{ 7 * 7 }}", "%s%n", "\\", "../../etc", "a/b?c=d#e", "%00%2f"]
TEXTS += [
    "[" * 2000,
    '{"a":' * 500,
    "(" * 400,
    "\u202e\u2028",
    "\ufeff",
    "null",
    "true",
    "[]",
    "{}",
    "|",
    "x|y",
]
TEXTS += [
    "24:00",
    "25:61",
    "a@b",
    "a@" + "b" * 400 + ".fr",
    "#12345",
    "//evil.example",
    "/\\evil",
    "javascript:1",
]
SEGMENTS = [
    "xyz",
    "0",
    "%00",
    "%2F..%2F",
    "..",
    "%2e%2e",
    "%3Fa=b",
    "%23",
    "%ED%A0%80",
    "%FF",
    "a" * 3000,
    "%20",
]
SEGMENTS += [
    "%C3%A9",
    "a%0d%0ab",
    "urn:uuid:01900000-0000-7000-8000-0000000000c1",
    "%7B%7D",
    "a;b",
    "a%5Cb",
    "*",
]
QUERIES = [
    b"%",
    b"%zz=%",
    b"&&=&",
    b"a=%FF",
    b"a=%ED%A0%80",
    b"?",
    b"[]=[]&a[b][c]=1",
    b"a=1;b=2",
    b"x" * 5000,
]
QUERIES += [b"&".join(b"a=%d" % n for n in range(2000)), b"a" + b"[a]" * 500 + b"=1", b"=", b"%00=%00"]
COOKIES = [f"__Host-preau_{name}" for name in ("session", "agent", "csrf", "flash", "foyer")]
CHARSETS = [
    "raw_unicode_escape",
    "unicode_escape",
    "undefined",
    "utf-16",
    "utf-7",
    "latin-1",
    "hex",
    "x" * 300,
]


def packed(value: str) -> bytes:
    return base64.urlsafe_b64encode(value.encode())


JARS = [b"", b"x", b"=", b'"', b'"\\777"', b"\xff\xfe", b"a" * 8_000, b"%00", b"a=b", b"....", b"e30.e30.e30"]
JARS += [packed('["info", "\\ud800"]'), packed("[" * 5_000), packed('{"a": 1}'), packed('["info", 1]'), b"5"]
JARS += [
    packed('["info", "\\u0000\\u202e"]'),
    packed("9" * 5_000),
    packed('["error", ["a"]]'),
    b"e30." + b"W" * 90,
]
HEADERS: Headers = [
    (b"host", b"["),
    (b"host", b"[::::]"),
    (b"host", b"evil.example:99999999"),
    (b"host", b"a b"),
    (b"host", b"\xff"),
    (b"origin", b"http://["),
    (b"origin", b"null"),
    (b"referer", b"http://["),
    (b"referer", b"\xff"),
    (b"accept-encoding", b"gzip;q=x, \xff"),
    (b"hx-request", b"\xff"),
    (b"hx-boosted", b"true"),
    (b"x-csrf-token", b"\xe9\xff"),
    (b"x-correlation-id", b"\xff" * 70),
    (b"x-forwarded-for", b"\xff, ,,"),
    (b"traceparent", b"00-" + b"0" * 32),
    (b"authorization", b"Bearer " + b"[" * 3_000),
    (b"authorization", b"\xff"),
    (b"if-none-match", b"\xff"),
    (b"range", b"bytes=9-1,x"),
    (b"content-type", b"multipart/form-data"),
    (b"content-type", b"\xff/\xff; charset=\xff"),
    (b"upgrade", b"h2c"),
    (b"expect", b"100-continue"),
    (b"accept-language", b"\xff" * 100),
]


def value(random: Random, ids: list[str]) -> str:
    """One odd value: a far day, a huge number, a strange text, an id of something else."""
    some_id = random.choice(ids) if ids else str(UUID(int=random.getrandbits(128)))
    return random.choice([*random.choice([DAYS, NUMBERS, TEXTS, TEXTS]), some_id, f"{{{some_id}}}"])
