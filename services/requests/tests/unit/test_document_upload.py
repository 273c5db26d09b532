import pytest
from starlette.requests import Request

from preau.requests.documents.errors import DocumentTooLarge
from preau.requests.documents.upload import ENVELOPE_BYTES, receive

HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nidentity\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
)
PIECE = 65_536


class Sender:
    """A client that sends without declaring a length, and how much of it was read."""

    def __init__(self, total: int) -> None:
        self.left = total
        self.read = 0
        self.began = False

    async def __call__(self) -> dict[str, object]:
        if not self.began:
            self.began = True
            return {"type": "http.request", "body": HEAD, "more_body": True}
        if self.left <= 0:
            return {"type": "http.request", "body": b"\r\n--x--\r\n", "more_body": False}
        piece = b"\0" * min(PIECE, self.left)
        self.left -= len(piece)
        self.read += len(piece)
        return {"type": "http.request", "body": piece, "more_body": True}


def request_of(sender: Sender) -> Request:
    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, sender)


async def test_a_file_within_the_limit_is_read_whole() -> None:
    upload = await receive(request_of(Sender(500_000)), 500_000)
    assert (len(upload.data), upload.filename, upload.kind) == (500_000, "a.pdf", "identity")


async def test_one_byte_more_is_too_large() -> None:
    with pytest.raises(DocumentTooLarge):
        await receive(request_of(Sender(500_001)), 500_000)


async def test_reading_stops_at_the_limit_whatever_comes() -> None:
    sender = Sender(1_000_000_000)
    with pytest.raises(DocumentTooLarge):
        await receive(request_of(sender), 500_000)
    assert sender.read <= 500_000 + ENVELOPE_BYTES + PIECE
