"""The order of the tour."""

import time

import httpx2
from rich.console import Console

from preau.operations.tour.afterwards import afterwards
from preau.operations.tour.attendance_and_billing import attendance_and_billing
from preau.operations.tour.booking import booking
from preau.operations.tour.cancelling import cancelling
from preau.operations.tour.cast import Cast
from preau.operations.tour.paying import paying
from preau.operations.tour.prepaid import prepaid
from preau.operations.tour.registration import registration
from preau.operations.tour.requesting import requesting
from preau.operations.tour.story import Narrator, NotSo

CHAPTERS = (
    ("1. The commune registers a family", registration),
    ("2. The parent books a month of meals", booking),
    ("3. A prepaid day at the leisure centre", prepaid),
    ("4. Cancelling in time, or too late", cancelling),
    ("5. Attendance, and billing the month", attendance_and_billing),
    ("6. The parent pays two invoices", paying),
    ("7. What is learnt after the bill", afterwards),
    ("8. A request with a document", requesting),
)


def answers(url: str, console: Console, patience_seconds: float) -> bool:
    """Whether something answers at ``url`` within ``patience_seconds``; says so when it waits or gives up."""
    give_up_at = time.monotonic() + patience_seconds
    told = False
    while True:
        try:
            httpx2.get(url, timeout=max(1.0, patience_seconds))
        except httpx2.TransportError:
            if time.monotonic() > give_up_at:
                console.print(f"Nothing answers at {url}.", markup=False)
                return False
        else:
            return True
        if not told:
            told = True
            console.print(f"Waiting for {url}, {patience_seconds:g} s at most…", markup=False)
        time.sleep(0.3)


def travel(url: str, console: Console, *, patience_seconds: float = 10, beside_former: bool = False) -> bool:
    """Drive the whole tour, or what a former version beside knows as well; whether everything was so."""
    if not answers(url, console, patience_seconds):
        return False
    started = time.monotonic()
    narrator = Narrator(console)
    cast = Cast(url.rstrip("/"), beside_former=beside_former)
    try:
        for title, chapter in CHAPTERS:
            narrator.chapter(title)
            chapter(narrator, cast)
    except (NotSo, httpx2.HTTPError, KeyError, IndexError, TypeError, ValueError, StopIteration) as error:
        if not isinstance(error, NotSo):
            console.print(f"    {error!r}", markup=False)
        console.print(f"\n[red bold]The tour ends here[/red bold] ({time.monotonic() - started:.1f} s)")
        return False
    console.print(f"\n[green bold]All of it holds[/green bold] ({time.monotonic() - started:.1f} s)")
    return True
