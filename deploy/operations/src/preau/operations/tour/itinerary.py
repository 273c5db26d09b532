"""The order of the tour."""

import time

import httpx2
from rich.console import Console

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
    ("1. La commune enregistre une famille", registration),
    ("2. Le parent réserve un mois de cantine", booking),
    ("3. Une journée prépayée au centre de loisirs", prepaid),
    ("4. Annuler à temps, ou trop tard", cancelling),
    ("5. Pointage et facturation du mois", attendance_and_billing),
    ("6. Le parent paie deux factures", paying),
    ("7. Une demande avec un document", requesting),
)


def travel(url: str, console: Console) -> bool:
    """Drive the whole tour; whether everything was so."""
    started = time.monotonic()
    narrator = Narrator(console)
    cast = Cast(url.rstrip("/"))
    try:
        for title, chapter in CHAPTERS:
            narrator.chapter(title)
            chapter(narrator, cast)
    except (NotSo, httpx2.HTTPError, KeyError, IndexError, TypeError, ValueError, StopIteration) as error:
        if not isinstance(error, NotSo):
            console.print(f"    {error!r}", markup=False)
        console.print(f"\n[red bold]Le tour s’arrête ici[/red bold] ({time.monotonic() - started:.1f} s)")
        return False
    console.print(f"\n[green bold]Tout y est[/green bold] ({time.monotonic() - started:.1f} s)")
    return True
