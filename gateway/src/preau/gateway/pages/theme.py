"""A commune's colour, turned into a stylesheet whose texts keep the contrast that WCAG 2.2 asks for.

The policy of the pages forbids inline styles, so the colour travels as ``/theme/<slug>.css``.
"""

from __future__ import annotations

from preau.common.colours import mix, parse_colour, readable

DEFAULT_ACCENT = "#1f5fa8"
PAPER = "#fbf7f0"  # the pages' background: the hardest one that coloured text has to stand on
INK = "#1e2430"


def theme_css(accent: str) -> str:
    """The stylesheet of one accent colour; an unusable colour falls back on the default one."""
    try:
        parse_colour(accent)
    except ValueError:
        accent = DEFAULT_ACCENT
    soft = mix(accent, "#ffffff", 0.9)
    strong = readable(accent, soft)
    variables = {
        "--accent": accent,
        "--accent-strong": strong,
        "--accent-deep": mix(strong, "#000000", 0.28),
        "--accent-soft": soft,
        "--accent-line": mix(accent, "#ffffff", 0.68),
        "--accent-rgb": ", ".join(str(part) for part in parse_colour(strong)),
    }
    return ":root{" + "".join(f"{name}:{value};" for name, value in variables.items()) + "}\n"
