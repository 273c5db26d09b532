"""Why the server itself turns a client away, before any application is asked."""

from http import HTTPStatus

from preau.common.errors import BadRequest, Problem, Unavailable
from preau.common.http.answers import problem_answer


class HeadTooLarge(Problem):
    """More headers than are read, in bytes or in number."""

    status, type, title = 431, "head-too-large", "En-têtes trop volumineux"

    def __init__(self) -> None:
        super().__init__(
            "Les en-têtes de la demande sont trop volumineux. Effacez les cookies de ce site, puis réessayez."
        )


class TargetTooLong(Problem):
    """A longer address than is read."""

    status, type, title = 414, "target-too-long", "Adresse trop longue"


class RequestTooSlow(Problem):
    """The request did not arrive in time."""

    status, type, title = 408, "too-slow", "Envoi interrompu"

    def __init__(self) -> None:
        super().__init__("L’envoi s’est interrompu ou a été trop lent. Recommencez.")


class Malformed(BadRequest):
    """What came is not HTTP, or more framing than content."""

    def __init__(self) -> None:
        super().__init__("La demande n’a pas pu être lue.")


class TooManyConnections(Unavailable):
    """Every connection is in use, or every one that the address may have."""

    type, title = "too-many-connections", "Trop de connexions"

    def __init__(self) -> None:
        super().__init__("Trop de connexions sont ouvertes. Réessayez dans un instant.", retry_after=1)


class PipelinedTooFar(Exception):
    """More requests sent ahead of their answers than are kept."""


def raw_answer(problem: Problem) -> bytes:
    """The problem as a whole HTTP answer that ends the connection."""
    headers, body = problem_answer(problem)
    phrase = HTTPStatus(problem.status).phrase.encode("ascii")
    lines = [b"HTTP/1.1 %d %s" % (problem.status, phrase)]
    lines += [name + b": " + value for name, value in headers]
    lines += [b"x-content-type-options: nosniff", b"connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
