"""The page of the sandbox bank: plain about what it is, and usable without a mouse."""

from html.parser import HTMLParser


async def page(town, payment):
    reference = payment["redirect_url"].rsplit("/", 1)[1]
    return await town.service.client.get(f"/public/sandbox/bank/{reference}")


class Buttons(HTMLParser):
    def __init__(self):
        super().__init__()
        self.values = []

    def handle_starttag(self, tag, attributes):
        if tag == "button":
            self.values.append(dict(attributes)["value"])


async def test_the_page_says_that_no_money_is_real_and_offers_three_ends(town):
    shown = await page(town, await town.start(await town.issue(1380)))
    assert shown.status_code == 200
    assert "Banque d’essai" in shown.text
    assert "Aucun argent réel." in shown.text
    assert "13,80\N{NO-BREAK SPACE}€" in shown.text
    assert '<html lang="fr">' in shown.text
    buttons = Buttons()
    buttons.feed(shown.text)
    assert buttons.values == ["pay", "refuse", "cancel"]
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]


async def test_a_decided_transaction_offers_only_the_way_back(town):
    payment = await town.start(await town.issue())
    await town.at_bank(payment, "pay")
    shown = await page(town, payment)
    assert "Ce paiement a été accepté." in shown.text
    assert f"?payment={payment['payment_id']}" in shown.text
    assert "<form" not in shown.text


async def test_paying_after_giving_up_takes_no_money(town):
    payment = await town.start(await town.issue())
    await town.at_bank(payment, "cancel")
    await town.at_bank(payment, "pay")
    assert (await town.read(payment))["status"] == "cancelled"


async def test_what_billing_wrote_is_shown_as_text(town):
    invoice = await town.issue(regie_label="<script>alert(1)</script>")
    shown = await page(town, await town.start(invoice))
    assert "<script>" not in shown.text


async def test_an_unknown_transaction_is_said_kindly(town):
    shown = await town.service.client.get("/public/sandbox/bank/none")
    assert shown.status_code == 404
    assert "ne connaît pas" in shown.text


async def test_another_button_is_refused(town):
    payment = await town.start(await town.issue())
    reference = payment["redirect_url"].rsplit("/", 1)[1]
    answer = await town.service.client.post(f"/public/sandbox/bank/{reference}", data={"action": "steal"})
    assert answer.status_code == 422
