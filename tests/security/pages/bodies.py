"""A form's fields as a body: as browsers send them, and as they do not."""

import json
from collections.abc import Callable
from random import Random
from urllib.parse import urlencode

from tests.security.pages.filling import Fields
from tests.security.pages.values import CHARSETS


def url_encoded(fields: Fields, random: Random) -> tuple[bytes, bytes]:
    return b"application/x-www-form-urlencoded", urlencode(fields, errors="surrogatepass").encode()


def _raw_bytes(fields: Fields, random: Random) -> tuple[bytes, bytes]:
    odd = random.choice([b"%FF%FE", b"\xff\xfe\xed\xa0\x80", b"%ED%A0%80", b"%", b"%u0041", b";;&&==&"])
    return b"application/x-www-form-urlencoded", url_encoded(fields, random)[
        1
    ] + odd + b"&" + odd + b"=" + odd


def multipart(fields: Fields, boundary: bytes = b"limite") -> bytes:
    parts = [
        b"--%b\r\nContent-Disposition: form-data; name=%b\r\n\r\n%b\r\n"
        % (boundary, json.dumps(name).encode(), text.encode("utf-8", "surrogatepass"))
        for name, text in fields
    ]
    return b"".join(parts) + b"--%b--\r\n" % boundary


def _multipart(fields: Fields, random: Random) -> tuple[bytes, bytes]:
    return b"multipart/form-data; boundary=limite", multipart(fields)


def _charset(fields: Fields, random: Random) -> tuple[bytes, bytes]:
    kind = random.choice(["multipart/form-data; boundary=limite", "application/x-www-form-urlencoded"])
    body = multipart([*fields, ("x", "\\ud800")]) if "limite" in kind else urlencode(fields).encode()
    return f"{kind}; charset={random.choice(CHARSETS)}".encode(), body


def _broken_multipart(fields: Fields, random: Random) -> tuple[bytes, bytes]:
    whole = multipart(fields)
    body = random.choice(
        [
            whole[: random.randrange(len(whole))],
            whole.replace(b"name=", b"nom="),
            whole.replace(b"form-data", b"attachment"),
            whole.replace(b"\r\n", b"\n"),
            whole.replace(b"limite", b"autre", 1),
            whole.replace(b'; name="csrf_token"', b'; name="csrf_token"; filename="a"'),
            b"--limite\r\nContent-Disposition: form-data; name=\xff; filename*=x''%FF\r\n\r\n\r\n--limite--",
            b"--limite\r\n" + b"A: b\r\n" * 200 + b"\r\n\r\n--limite--",
            b"",
        ]
    )
    kinds = [b"multipart/form-data; boundary=limite"] * 6
    kinds += [b"multipart/form-data", b"multipart/form-data; boundary=", b"multipart/mixed; boundary=limite"]
    return random.choice(kinds), body


def _files(fields: Fields, random: Random) -> tuple[bytes, bytes]:
    """Every field as a file, with a name and a type of the sender's choice."""
    name = random.choice([b"a.pdf", b"", b"../../a", b"\xff", b"a" * 2000, b"a%0d%0ab", b"\x00"])
    kind = random.choice([b"application/pdf", b"text/html", b"", b"a", b"\xff/\xff", b"a/b; c=\x01"])
    part = (
        b"--limite\r\nContent-Disposition: form-data; name=%b; filename=%b\r\nContent-Type: %b\r\n\r\n%b\r\n"
    )
    parts = [
        part % (json.dumps(field).encode(), b'"%b"' % name, kind, text.encode("utf-8", "surrogatepass"))
        for field, text in fields
        if field != "csrf_token"
    ]
    return b"multipart/form-data; boundary=limite", b"".join(parts) + b"--limite--\r\n"


def _other_type(fields: Fields, random: Random) -> tuple[bytes, bytes]:
    kinds = [b"application/json", b"text/plain", b"", b"application/xml", b"multipart/form-data;;;", b"\xff"]
    bodies = [
        json.dumps(dict(fields)).encode(),
        b"[" * 5_000,
        b"\x00\xff",
        b"",
        url_encoded(fields, random)[1],
    ]
    return random.choice(kinds), random.choice(bodies)


ENCODINGS: list[Callable[[Fields, Random], tuple[bytes, bytes]]] = (
    [url_encoded] * 9
    + [_multipart] * 3
    + [
        _raw_bytes,
        _charset,
        _broken_multipart,
        _files,
        _other_type,
    ]
)
