"""Throw-away folders for servers under test."""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder() -> Generator[Path]:
    """A folder that other users may enter, as servers do not run as root (pytest's `tmp_path` is closed)."""
    folder = Path(tempfile.mkdtemp(prefix="preau-scratch-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
