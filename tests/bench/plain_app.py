"""The smallest application, so that a bench measures the server alone."""

from typing import Any

BODY = b"hello"
HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"5")]


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


def serve(port: int) -> None:
    """As the project's own parts are served."""
    from preau.common.server.limits import ListeningSettings
    from preau.common.server.serving import serve

    serve(app, ListeningSettings(port=port))
