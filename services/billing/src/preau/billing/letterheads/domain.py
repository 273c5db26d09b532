"""A letterhead, as templates take it. Pure."""

import struct
from typing import NamedTuple

from preau.common.colours import mix, readable

WIDEST_MM, HIGHEST_MM = 50.0, 18.0
USUAL = "#1f3a5f"
PNG = b"\x89PNG\r\n\x1a\n"


class Letterhead(NamedTuple):
    """The commune's colour, "#rrggbb", and its logo, a PNG or nothing."""

    colour: str = USUAL
    logo: bytes | None = None

    def data(self) -> dict[str, object]:
        """What ``letterhead.typ`` reads: colours that read on paper and on each other, the logo's octets and
        its size in mm.
        """
        tint = mix(self.colour, "#ffffff", 0.9)
        width, height = _size_mm(self.logo)
        return {
            "accent": readable(self.colour, tint),
            "tint": tint,
            "logo": list(self.logo or b""),
            "width": width,
            "height": height,
        }


def _size_mm(logo: bytes | None) -> tuple[float, float]:
    if not logo or not logo.startswith(PNG):
        return 0, 0
    width, height = struct.unpack(">II", logo[16:24])
    scale = min(WIDEST_MM / width, HIGHEST_MM / height)
    return width * scale, height * scale
