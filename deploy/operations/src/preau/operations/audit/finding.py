"""What an audit finds."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Something that is not as it must be."""

    rule: str
    """What must hold, in a few words."""
    service: str
    what: str
    """The thing concerned, by its id: the same at a second look."""
