"""Whom a server runs as when we are root, and a folder that this user can reach."""

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RELOCATED = Path("/var/lib/preau")


class FolderUnreachable(RuntimeError):
    """The folder exists with content, but the user that the server must run as cannot enter it."""


@dataclass(frozen=True)
class User:
    """A user of the system that we, as root, start a server as."""

    name: str
    uid: int
    gid: int

    def can_enter(self, path: Path) -> bool:
        """Whether this user may search (or execute) `path`: tried for real, so that ACLs and mounts count."""
        answer = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            cwd="/",
            check=False,
        )
        return answer.returncode == 0


def user_for(folder: Path, preferred: Sequence[str] = ("nobody",)) -> User | None:
    """Whom to run as, None when we are not root: the servers refuse to run as root.

    The owner of the folder (or of its nearest existing parent) when that is not root, so that a folder
    stays with its owner; else the first existing user of `preferred`.
    """
    if os.geteuid() != 0:
        return None
    existing = folder
    while not existing.exists():
        existing = existing.parent
    owner = existing.stat().st_uid
    if owner != 0:
        try:
            entry = pwd.getpwuid(owner)
        except KeyError:
            return User(str(owner), owner, existing.stat().st_gid)
        return User(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in preferred:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_name, entry.pw_uid, entry.pw_gid)
    return User("nobody", 65534, 65534)


def prepare_folder(wanted: Path, user: User | None, relocated: Path = RELOCATED) -> Path:
    """Make `wanted` a folder (mode 700) of `user` and return where it really is.

    Below a folder that only root may enter (a checkout in /root), `user` could not reach it, and opening the
    parents is not ours to do: the folder then lies under `relocated`, and `wanted` is a link to it.
    Raises FolderUnreachable when `wanted` already has content there.
    """
    if user is None:
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        return wanted.resolve()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    wanted.mkdir(mode=0o700, exist_ok=True)
    folder = wanted.resolve()
    if _give(folder, user):
        return folder
    if any(folder.iterdir()):
        raise FolderUnreachable(
            f"{folder} cannot be entered by the user “{user.name}”: servers do not run as root. "
            f"Move it to where that user has access, or run as the owner of the folder."
        )
    place = relocated / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _give(place, user):
        raise FolderUnreachable(f"neither {folder} nor {place} can be entered by the user “{user.name}”")
    if wanted.is_symlink():
        wanted.unlink()
    else:
        wanted.rmdir()
    wanted.symlink_to(place)
    return place


def _give(folder: Path, user: User) -> bool:
    try:
        os.chown(folder, user.uid, user.gid)
    except PermissionError:  # a shared or network folder
        return False
    return user.can_enter(folder)


def reachable_copy(
    program: Path, trees: Sequence[Path], user: User | None, relocated: Path = RELOCATED
) -> Path:
    """`program` itself when `user` can execute it, else the same in a copy of `trees` that everyone can read.

    `trees` are the folders that the program needs; they keep their places relative to each other.
    """
    if user is None or user.can_enter(program):
        return program
    common = Path(os.path.commonpath(trees))
    stat = program.stat()
    mark = f"{program}:{stat.st_size}:{stat.st_mtime_ns}"
    place = relocated / f"programs-{hashlib.sha256(os.fsencode(mark)).hexdigest()[:16]}"
    if not place.exists():
        partial = place.with_name(f"{place.name}.{os.getpid()}")
        for tree in trees:
            shutil.copytree(tree, partial / tree.relative_to(common), symlinks=True)
        for folder in (relocated, partial):
            folder.chmod(0o755)
        partial.rename(place)
    return place / program.relative_to(common)
