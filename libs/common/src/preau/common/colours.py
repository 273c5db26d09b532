"""Colours as "#rrggbb", and the contrast that WCAG 2.2 asks of texts in them. Pure."""

import re

TEXT_CONTRAST = 5.0  # WCAG 1.4.3 asks for 4.5

RGB = tuple[int, int, int]


def parse_colour(text: str) -> RGB:
    """ "#rrggbb" as three numbers from 0 to 255. Raises ValueError for anything else."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(f"not a colour: {text!r}")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def to_hex(colour: RGB) -> str:
    """Three numbers from 0 to 255 as "#rrggbb"."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(colour: str, other: str, share: float) -> str:
    """``share`` (0 to 1) of ``other`` stirred into ``colour``."""
    one, two = parse_colour(colour), parse_colour(other)
    mixed = [round(a + (b - a) * share) for a, b in zip(one, two, strict=True)]
    return to_hex((mixed[0], mixed[1], mixed[2]))


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""

    def channel(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = parse_colour(colour)
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(two)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, background: str, ratio: float = TEXT_CONTRAST) -> str:
    """``colour``, darkened just as much as text on ``background`` needs."""
    for step in range(51):
        candidate = mix(colour, "#000000", step / 50)
        if contrast(candidate, background) >= ratio:
            return candidate
    return "#000000"
