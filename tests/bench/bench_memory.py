"""What lies in memory while nobody asks for anything: each service as deployed, and the standalone."""

import statistics
import time
from pathlib import Path

from measure import ROUNDS, record
from processes import MEMBERS

from preau.testing.deployment import Deployment
from preau.testing.processes import ProgramProcess
from preau.testing.scratch import scratch_folder

REST_SECONDS = 1.0


def megabytes(process: ProgramProcess) -> float:
    """What the process alone keeps in memory: its resident pages, the shared ones in part (PSS)."""
    time.sleep(REST_SECONDS)
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:")[1].split()[0]) / 1024


def at_rest(process: ProgramProcess) -> float:
    return statistics.median(megabytes(process) for _ in range(ROUNDS))


def main() -> None:
    with scratch_folder() as folder, Deployment(folder, MEMBERS) as deployment:
        each = {member.name: at_rest(deployment[member.name]) for member in MEMBERS}
        for name, used in each.items():
            print(f"{name:<20} {used:6.1f} MB")
        record(
            "a service at rest, the largest",
            max(each.values()),
            1,
            floor=120,
            aim=90,
            unit="MB",
            at_most=True,
        )
    with scratch_folder() as folder:
        standalone = ProgramProcess(
            "standalone", ["preau.operations", "run"], {"data": str(folder)}, folder=folder
        )
        standalone.start()
        try:
            standalone.wait_until_ready()
            record(
                "the standalone at rest", at_rest(standalone), 1, floor=300, aim=220, unit="MB", at_most=True
            )
        finally:
            standalone.send_sigterm()
            standalone.wait_for_end(30)


if __name__ == "__main__":
    main()
