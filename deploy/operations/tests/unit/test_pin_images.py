"""Base images are pinned once by the digest that the registry serves; what stands in .env stays."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
IMAGES = dict(re.findall(r"\$\{(PREAU_\w+_IMAGE):-([^}]+)\}", (ROOT / "docker-compose.yml").read_text()))
"""The variables of Compose, and the images that stand for them."""
DOCKER = """#!/bin/sh
echo "$*" >>"$TOLD"
case "$1 $2" in
"pull --quiet") test "$3" != "$NOT_SERVED" ;;
"image inspect") echo "$5@sha256:$(printf %s "$5" | sha256sum | cut -d' ' -f1)" ;;
esac
"""
"""A registry's client that serves every image under a digest of its name."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the script where it belongs, and a ``docker`` on the way."""
    script = tmp_path / "deploy" / "docker" / "pin-images"
    script.parent.mkdir(parents=True)
    shutil.copy(ROOT / "deploy" / "docker" / "pin-images", script)
    (tmp_path / "bin").mkdir()
    docker = tmp_path / "bin" / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    return tmp_path


def pin(checkout: Path, *, not_served: str = "") -> subprocess.CompletedProcess[str]:
    told = {"TOLD": str(checkout / "told"), "NOT_SERVED": not_served}
    path = {"PATH": f"{checkout / 'bin'}:{os.environ['PATH']}"}
    script = checkout / "deploy" / "docker" / "pin-images"
    return subprocess.run([script], env=told | path, capture_output=True, text=True, timeout=60, check=False)


def lines(checkout: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (checkout / ".env").read_text().splitlines())


def test_every_base_image_of_compose_is_pinned_by_its_digest(checkout: Path) -> None:
    assert pin(checkout).returncode == 0
    assert lines(checkout).keys() == IMAGES.keys()
    for variable, pinned in lines(checkout).items():
        image, _, digest = pinned.partition("@")
        assert image == IMAGES[variable]
        assert re.fullmatch("sha256:[0-9a-f]{64}", digest)
    assert (checkout / ".env").stat().st_mode & 0o777 == 0o600


def test_what_stands_there_stays(checkout: Path) -> None:
    kept = "PREAU_PUBLIC_URL=https://famille.example\nPREAU_POSTGRES_IMAGE=ours:17@sha256:1\n"
    (checkout / ".env").write_text(kept)
    assert pin(checkout).returncode == 0
    first = (checkout / ".env").read_text()
    assert first.startswith(kept)
    assert first.count("PREAU_POSTGRES_IMAGE") == 1
    assert pin(checkout).returncode == 0
    assert (checkout / ".env").read_text() == first
    assert "postgres" not in (checkout / "told").read_text()


def test_an_image_that_is_not_served_stops_it(checkout: Path) -> None:
    answer = pin(checkout, not_served=IMAGES["PREAU_POSTGRES_IMAGE"])
    assert answer.returncode != 0
    assert lines(checkout).keys() == {"PREAU_PYTHON_IMAGE"}
