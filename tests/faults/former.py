"""The former version of Préau: a commit of this repository, unpacked to run beside the present one.

``former_version`` names the commit; CONTRIBUTING.md says when it moves on.
"""

import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
RECORD = Path(__file__).with_name("former_version")


class FormerVersionMissing(RuntimeError):
    """The former version cannot be had here; the text says why."""


def recorded_commit() -> str:
    """The commit that is the former version. Raises FormerVersionMissing when none is recorded."""
    lines = RECORD.read_text().splitlines()
    named = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(named) != 1:
        raise FormerVersionMissing(f"{RECORD.name} names no commit")
    return named[0]


def unpack_former_version(folder: Path) -> list[Path]:
    """Lay the former version out in ``folder``; its source folders. Raises FormerVersionMissing."""
    commit = recorded_commit()
    try:
        archived = subprocess.run(
            ["git", "-C", str(REPOSITORY), "archive", "--format=tar", commit],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise FormerVersionMissing("git is not installed") from error
    if archived.returncode != 0:
        told = archived.stderr.decode(errors="replace").strip()
        raise FormerVersionMissing(f"commit {commit[:12]} is not here (a shallow clone?): {told}")
    subprocess.run(["tar", "-x", "-f", "-", "-C", str(folder)], input=archived.stdout, check=True)
    return sorted(path for path in folder.glob("**/src") if (path / "preau").is_dir())
