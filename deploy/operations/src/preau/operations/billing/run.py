"""A run as an agent would begin, follow and issue it, over the API."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from preau.operations.tour.client import Client
from preau.operations.tour.story import NotSo
from preau.wording import kinds
from preau.wording.amounts import euros

MOVING = {"computing", "issuing"}
Run = dict[str, Any]


class Month(NamedTuple):
    """What is billed: a month of a régie, by its code or name; small amounts are carried over as it does."""

    regie: str
    period: str
    kind: str
    carries: bool = True


def bill(client: Client, console: Console, month: Month, confirmed: Callable[[str], bool] | None) -> bool:
    """Compute a month and tell what is odd; issue it where ``confirmed`` says so.

    ``False`` when something of the run was not done: it is halted, or families are left. Raises `NotSo` for
    what the service refuses.
    """
    run = _begin(client, month)
    run = _follow(client, console, run["run_id"])
    _tell(console, run)
    if run["status"] == "computed" and run["left_to_issue"] and confirmed is not None:
        if not confirmed(f"Issue {run['left_to_issue'] - run['to_carry']:,} invoices?"):
            return True
        key = f"issue-{run['run_id']}-{run['computed_at']}"
        client.once("billing", f"runs/{run['run_id']}/issue", key=key, expect=202)
        run = _follow(client, console, run["run_id"])
        console.print(f"{run['invoices_issued']:,} invoices issued, {run['left_to_issue']:,} left.")
        return run["status"] == "issued"
    return run["status"] in ("computed", "issued")


def _begin(client: Client, month: Month) -> Run:
    regies = client.api("GET", "billing", "regies")["items"]
    asked = month.regie.casefold()
    named = [each for each in regies if asked in (each["code"].casefold(), each["label"].casefold())]
    if not named:
        known = ", ".join(f"{each['code']} ({each['label']})" for each in regies)
        raise NotSo(f"no régie {month.regie}: there are {known or 'none'}")
    body = {"regie_id": named[0]["regie_id"], "period": month.period, "kind": month.kind}
    body |= {"carries": month.carries}
    run: Run = client.api("POST", "billing", "runs", json=body, expect=(202, 409, 422))
    if "run_id" not in run:
        wrong = [f"{each['field']}: {each['message']}" for each in run.get("errors", ())]
        raise NotSo("; ".join(wrong) or str(run.get("detail") or run))
    return run


def _follow(client: Client, console: Console, run_id: str) -> Run:
    """Show how far the run has got until it no longer moves by itself; as it stands then."""
    told = TextColumn("{task.fields[told]}")
    columns = (TextColumn("{task.description}"), BarColumn(), told, TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", told="")
        while True:
            run: Run = client.api("GET", "billing", f"runs/{run_id}")
            progress.update(bar, **_shown(run))
            if run["status"] not in MOVING:
                return run
            for run in client.events("billing", f"runs/{run_id}/progress"):
                progress.update(bar, **_shown(run))


def _shown(run: Run) -> dict[str, Any]:
    """What the bar says of a run."""
    issuing = run["status"] in ("issuing", "issued", "issue_paused")
    return {
        "description": "Issuing" if issuing else "Computing",
        "total": max(1, run["chunks_total"]),
        "completed": run["stages_done" if issuing else "chunks_done"] if run["chunks_total"] else 1,
        "told": f"{run['invoices_issued' if issuing else 'families']:,} invoices",
    }


def _tell(console: Console, run: Run) -> None:
    difference = run["total_cents"] - run["previous_total_cents"]
    console.print(
        f"{run['families']:,} families, {euros(run['total_cents'])};"
        f" the month before {euros(run['previous_total_cents'])} ({euros(difference)})"
    )
    carried, cents = run["to_carry"] + run["families_carried"], run["to_carry_cents"] + run["carried_cents"]
    if carried:
        console.print(f"  below {euros(run['carry_under_cents'])}: {carried:,} carried over, {euros(cents)}")
    for kind, count in Counter(each["kind"] for each in run["anomalies"]).most_common():
        console.print(f"  {count:,} × {kinds.ANOMALY[kind]}")
    for each in run["set_aside"]:
        console.print(f"  set aside: {each['family_label']} ({each['reason']})", markup=False)
    for each in run["lacking"][:20]:
        console.print(f"  [red]✗[/red] lacking: {each['family_label']}")
    if run["status"] in ("compute_paused", "issue_paused"):
        console.print("The run is paused: resume it from its page.")
