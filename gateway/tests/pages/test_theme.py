"""A commune's colour, whatever it is, leaves texts readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.common.colours import contrast
from preau.gateway.pages.static_files import BUNDLE, static_files, static_url
from preau.gateway.pages.theme import DEFAULT_ACCENT, PAPER, theme_css

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def variables(accent: str) -> dict[str, str]:
    return dict(re.findall(r"(--[a-z-]+):([^;]+);", theme_css(accent)))


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(COLOURS)
def test_text_in_the_accent_reads_on_every_background(accent):
    told = variables(accent)
    for background in ("#ffffff", PAPER, told["--accent-soft"]):
        assert contrast(told["--accent-strong"], background) >= 4.5
        assert contrast(told["--accent-deep"], background) >= 4.5
    assert contrast("#ffffff", told["--accent-strong"]) >= 4.5


@pytest.mark.parametrize("forged", ["", "red", "#12345", "#1f5fa8;}body{display:none", "#1f5fag"])
def test_what_is_no_colour_becomes_the_usual_one(forged):
    assert theme_css(forged) == theme_css(DEFAULT_ACCENT)


def test_the_bundle_names_its_font_by_version():
    bundle = static_files()[BUNDLE].content.decode()
    assert static_url("vendor/bricolage-grotesque.woff2").removeprefix("/static/") in bundle
    assert "http://" not in bundle
    assert "https://" not in bundle


def test_what_every_page_needs_stays_light():
    first_visit = (BUNDLE, "vendor/bootstrap.min.css", "vendor/htmx.min.js", "preau.js", "icons.svg")
    octets = sum(len(static_files()[name].compressed or b"") for name in first_visit)
    octets += len(static_files()["vendor/bricolage-grotesque.woff2"].content)
    assert octets < 125_000  # leaves 25 kB for the page itself
