"""Small amounts that a régie carries over, on the pages of agents."""

from datetime import date, timedelta

from preau.wording.dates import of_period

from .test_back_office import CATERING, MEALS, book, ended, family, last_service_day, today

REGIE = f"/agent/regies/{CATERING}"


async def threshold(office, typed: str) -> None:
    """State the régie's threshold from its page, and confirm."""
    await office.open(REGIE)
    seen = {"label": "Régie restauration scolaire", "due_days": "30", "carry_under": typed}
    seen["version"] = office.find(r'name="version" value="([0-9]+)"')
    await office.send(REGIE, seen | {"confirmed": "yes"})
    assert "La régie est enregistrée." in office.text


async def served_before(office, month: date) -> date:
    """The last day before a month on which meals were served."""
    span = f"from={month - timedelta(days=90)}&to={month - timedelta(days=1)}"
    answer = await office.open(f"/api/agent/reservations/activities/{MEALS}/deadline-preview?{span}")
    return date.fromisoformat(answer.json()["items"][-1]["date"])


async def test_a_threshold_that_cannot_be_is_kept_and_told(office):
    await office.open(REGIE)
    seen = {"label": "Régie restauration scolaire", "due_days": "30"}
    seen["version"] = office.find(r'name="version" value="([0-9]+)"')
    for typed in ("100,01", "0", "-3", "beaucoup"):
        page = await office.send(REGIE, seen | {"carry_under": typed})
        assert page.status_code == 422 and 'id="e-carry_under"' in page.text, typed
        assert f'value="{typed}"' in page.text
    assert (await office.send(REGIE, seen | {"carry_under": "100,01"})).status_code == 422
    assert "entre 0,01 € et 100,00 €" in office.text.replace("\N{NO-BREAK SPACE}", " ")


async def test_a_small_month_waits_and_is_told_everywhere(office):
    first = (await last_service_day(office)).replace(day=1)
    served = await served_before(office, first)
    await threshold(office, "15,00")
    other = {"guardians.0.email": "paul.report@jolieville.example"}
    other |= {f"children.{n}.last_name": "Report" for n in range(2)}
    await office.open("/agent/familles/nouvelle")
    record = (await office.send("/agent/familles/nouvelle", family(label="REPORT", **other))).url.path
    await book(office, record, served, "Lou")
    await office.open("/agent/facturation")
    assert (
        "Reporter les montants sous 15,00" in office.text
        and 'name="carries" value="yes" checked' in office.page.text
    )
    asked = {"regie_id": CATERING, "period": f"{served:%Y-%m}", "kind": "month_end", "carries": "yes"}
    run = (await office.send("/agent/facturation", asked)).url.path
    await ended(office, run)
    assert "REPORT" in office.text and "Dont à reporter" in office.text
    assert "tout est reporté" in office.text
    await office.send(f"{run}/emission", confirmed="yes")
    await ended(office, run)
    assert "Reportées" in office.text and "1 famille" in office.text
    await office.open(f"/agent/reports?regie_id={CATERING}")
    assert "REPORT" in office.text and "1 famille, 2,60" in office.text
    sheet = (await office.open("/agent/reports.csv")).content.decode("utf-8-sig").split("\r\n")
    assert sheet[0] == "Famille;Régie;Mois reporté;Montant;Reporté le"
    assert sheet[1].startswith("REPORT;Régie restauration scolaire;") and ";2,60;" in sheet[1]
    await office.open(f"{record}/factures")
    assert "seront sur la prochaine facture" in office.text
    # Its complement leaves the family alone, and says so.
    complement = (await office.send("/agent/facturation", asked | {"kind": "complement"})).url.path
    await ended(office, complement)
    assert "Le mois d’une famille est reporté" in office.text
    await office.send(f"{complement}/abandon")
    # Whoever does not tick the box carries nothing: the next month's end bills it.
    del asked["carries"]
    coming = (today().replace(day=1) + timedelta(days=32)).replace(day=1)
    following = (await office.send("/agent/facturation", asked | {"period": f"{coming:%Y-%m}"})).url.path
    await ended(office, following)
    assert "Dont à reporter" not in office.text
    await office.open(office.find(r'(?s)REPORT</a>.*?href="(/agent/factures/[0-9a-f-]{36})"'))
    assert f"Avec le report {of_period(served)}" in office.text
    await office.send(f"{following}/abandon")
    await threshold(office, "")
