"""The client of billing: prices, invoices, runs, tariffs and credits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from preau.gateway.api.calls import Body, Calls, FamilyCalls
from preau.gateway.api.client import Download
from preau.gateway.api.models.billing import (
    AccountOut,
    AgentInvoiceDetail,
    AgentInvoiceOut,
    CancellationOut,
    CarriedMonthsOut,
    CertificateOut,
    ChangesOut,
    DebtRuleOut,
    FamilyDebtOut,
    HandedOverOut,
    InvoiceDetail,
    InvoiceRemindersOut,
    JournalOut,
    ManualPreviewOut,
    PageAgentInvoiceOut,
    PageCreditOut,
    PageDraftOut,
    PageFamilyAccountOut,
    PageInvoiceOut,
    PagePrintOut,
    PageRegieOut,
    PageReminderOut,
    PageRunOut,
    PageTariffOut,
    PageUnpaidOut,
    PageYearOut,
    PlanOut,
    PlansOut,
    PrintCountsOut,
    PrintOut,
    QuoteOut,
    RefundOut,
    RefundPlanOut,
    RegieOut,
    RunDetail,
    RunOut,
    RunReview,
    SetAsideOut,
    SimulationOut,
    StatementOut,
    TariffOut,
    TariffQuoteOut,
)


class FamilyBilling(FamilyCalls):
    """Of one family, for its parents."""

    service = "billing"

    async def invoices(self, status: str) -> PageInvoiceOut:
        """The family's invoices, "open" or "paid"."""
        return await self._get(PageInvoiceOut, f"{self._family}/invoices", status=status)

    async def invoice(self, invoice_id: str) -> InvoiceDetail:
        return await self._get(InvoiceDetail, f"{self._family}/invoices/{invoice_id}")

    async def plan(self, invoice_id: str) -> PlanOut | None:
        """The instalment plan of an invoice."""
        found = await self._get(PlansOut, f"{self._family}/invoices/{invoice_id}/instalments")
        return next(iter(found.items), None)

    async def invoice_pdf(self, invoice_id: str) -> Download:
        return await self._download(f"{self._family}/invoices/{invoice_id}/pdf")

    async def accounts(self) -> PageFamilyAccountOut:
        """The family's accounts, by régie."""
        return await self._get(PageFamilyAccountOut, f"{self._family}/accounts")

    async def statement(self, account_id: str, *, first: str = "", last: str = "") -> StatementOut:
        return await self._get(
            StatementOut, f"{self._family}/accounts/{account_id}/statement", first=first, last=last
        )

    async def certificate(self, year: int) -> CertificateOut:
        """What the family paid in the year for care, for its taxes."""
        return await self._get(CertificateOut, f"{self._family}/tax-certificate", year=year)

    async def certificate_pdf(self, year: int) -> Download:
        return await self._download(f"{self._family}/tax-certificate/pdf", year=year)

    async def quote(self, body: Body) -> QuoteOut:
        """What bookings would cost."""
        return await self._post(QuoteOut, f"{self._family}/quotes", body)


class AgentBilling(Calls):
    """Of the commune, for its agents."""

    service = "billing"

    async def changes(self, record_id: str) -> ChangesOut:
        """Who changed a record, the last change first."""
        return await self._get(ChangesOut, "/agent/changes", record_id=record_id, limit=1)

    async def regies(self) -> PageRegieOut:
        return await self._get(PageRegieOut, "/agent/regies")

    async def regie(self, regie_id: str) -> RegieOut:
        return await self._get(RegieOut, f"/agent/regies/{regie_id}")

    async def open_regie(self, body: Body) -> RegieOut:
        return await self._post(RegieOut, "/agent/regies", body)

    async def change_regie(self, regie_id: str, body: Body, *, seen: int) -> RegieOut:
        return await self._patch(RegieOut, f"/agent/regies/{regie_id}", body, seen=seen)

    async def runs(
        self,
        *,
        regie_id: str = "",
        status: str | Sequence[str] = "",
        period: str = "",
        sort: str = "",
        cursor: str = "",
        limit: int | None = None,
    ) -> PageRunOut:
        """The runs, newest first."""
        return await self._get(
            PageRunOut,
            "/agent/runs",
            regie_id=regie_id,
            status=status,
            period=period,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )

    async def begin_run(self, body: Body) -> RunOut:
        """Begin a run; 409 with its ``run_id`` where one stands already."""
        return await self._post(RunOut, "/agent/runs", body)

    async def run(self, run_id: str) -> RunDetail:
        return await self._get(RunDetail, f"/agent/runs/{run_id}")

    async def run_invoices(self, run_id: str, *, cursor: str) -> PageDraftOut:
        return await self._get(PageDraftOut, f"/agent/runs/{run_id}/invoices", cursor=cursor)

    async def issue_run(self, run_id: str, *, key: str) -> RunOut:
        return await self._post(RunOut, f"/agent/runs/{run_id}/issue", key=key)

    def follow_run(self, run_id: str) -> AsyncGenerator[RunOut]:
        """The run each time it has got on, until it no longer moves or 20 seconds have passed."""
        return self._follow(RunOut, f"/agent/runs/{run_id}/progress")

    async def review_run(self, run_id: str) -> RunReview:
        """What differs from the month before, and the days whose roll is not done."""
        return await self._get(RunReview, f"/agent/runs/{run_id}/review")

    async def pause_run(self, run_id: str) -> RunOut:
        return await self._post(RunOut, f"/agent/runs/{run_id}/pause")

    async def resume_run(self, run_id: str) -> RunOut:
        return await self._post(RunOut, f"/agent/runs/{run_id}/resume")

    async def family_of_run(self, run_id: str, family_id: str) -> SetAsideOut:
        """A family of a run, and why it is kept out."""
        return await self._get(SetAsideOut, f"/agent/runs/{run_id}/families/{family_id}")

    async def set_family_aside(self, run_id: str, family_id: str, body: Body) -> RunOut:
        """Keep a family out of a run."""
        return await self._put(RunOut, f"/agent/runs/{run_id}/families/{family_id}/set-aside", body)

    async def bring_family_back(self, run_id: str, family_id: str) -> RunOut:
        return await self._delete(RunOut, f"/agent/runs/{run_id}/families/{family_id}/set-aside")

    async def recompute_run(self, run_id: str) -> RunOut:
        """Make the drafts again whose charges changed since."""
        return await self._post(RunOut, f"/agent/runs/{run_id}/recompute")

    async def discard_run(self, run_id: str) -> RunOut:
        return await self._post(RunOut, f"/agent/runs/{run_id}/discard")

    async def tariffs(self, activity_id: str = "") -> PageTariffOut:
        """The tariffs in force, of one activity or of all."""
        return await self._get(PageTariffOut, "/agent/tariffs", activity_id=activity_id)

    async def state_tariff(self, body: Body, *, seen: int) -> TariffOut:
        """State a tariff over the version seen, 0 where none was."""
        return await self._post(TariffOut, "/agent/tariffs", body, seen=seen)

    async def quote_tariff(self, body: Body) -> TariffQuoteOut:
        """The prices of acts by a definition, or by an activity's tariffs."""
        return await self._post(TariffQuoteOut, "/agent/tariffs/quote", body)

    async def simulate_tariff(self, body: Body) -> SimulationOut:
        """What a definition would have asked for in some months, beside the tariffs in force."""
        return await self._post(SimulationOut, "/agent/tariffs/simulations", body)

    async def invoices(
        self,
        *,
        q: str = "",
        status: str = "",
        kind: str = "",
        regie_id: str = "",
        family_id: str = "",
        period: str = "",
        due_from: str = "",
        due_to: str = "",
        min_cents: str = "",
        max_cents: str = "",
        sort: str = "",
        cursor: str = "",
        limit: int | None = None,
    ) -> PageAgentInvoiceOut:
        """The issued invoices and credit notes, newest first; both ends of ranges are included."""
        return await self._get(
            PageAgentInvoiceOut,
            "/agent/invoices",
            q=q,
            status=status,
            kind=kind,
            regie_id=regie_id,
            family_id=family_id,
            period=period,
            due_from=due_from,
            due_to=due_to,
            min_cents=min_cents,
            max_cents=max_cents,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )

    async def invoice(self, invoice_id: str) -> AgentInvoiceDetail:
        return await self._get(AgentInvoiceDetail, f"/agent/invoices/{invoice_id}")

    async def invoice_pdf(self, invoice_id: str) -> Download:
        return await self._download(f"/agent/invoices/{invoice_id}/pdf")

    async def cancel_invoice(self, invoice_id: str, body: Body) -> CancellationOut:
        return await self._post(CancellationOut, f"/agent/invoices/{invoice_id}/cancellation", body)

    async def prints(self, *, sort: str = "", cursor: str = "", limit: int | None = None) -> PagePrintOut:
        """The files of many invoices, the newest first."""
        return await self._get(PagePrintOut, "/agent/prints", sort=sort, cursor=cursor, limit=limit)

    async def print_counts(self, *, run_id: str = "", period: str = "") -> PrintCountsOut:
        """How many invoices of a run or a month go on paper, and by mail."""
        return await self._get(PrintCountsOut, "/agent/prints/counts", run_id=run_id, period=period)

    async def begin_print(self, body: Body, *, key: str) -> PrintOut:
        """Have invoices printed into one file."""
        return await self._post(PrintOut, "/agent/prints", body, key=key)

    async def preview_manual_invoice(self, family_id: str, body: Body) -> ManualPreviewOut:
        """An invoice by hand as it would be issued."""
        path = f"/agent/families/{family_id}/manual-invoices/preview"
        return await self._post(ManualPreviewOut, path, body)

    async def issue_manual_invoice(self, family_id: str, body: Body, *, key: str) -> AgentInvoiceOut:
        return await self._post(
            AgentInvoiceOut, f"/agent/families/{family_id}/manual-invoices", body, key=key
        )

    async def write_off(self, invoice_id: str, body: Body) -> AgentInvoiceOut:
        """Write off all that is due of an invoice."""
        return await self._post(AgentInvoiceOut, f"/agent/invoices/{invoice_id}/write-off", body)

    async def undo_write_off(self, invoice_id: str, body: Body) -> AgentInvoiceOut:
        return await self._post(AgentInvoiceOut, f"/agent/invoices/{invoice_id}/write-off/undoing", body)

    async def years(self, regie_id: str) -> PageYearOut:
        """The years of a régie, the newest first."""
        return await self._get(PageYearOut, f"/agent/regies/{regie_id}/years")

    async def close_year(self, regie_id: str, year: int) -> PageYearOut:
        """Close a year that is over."""
        return await self._post(PageYearOut, f"/agent/regies/{regie_id}/years/{year}/closing")

    async def reopen_year(self, regie_id: str, year: int, body: Body) -> PageYearOut:
        """Open the last closed year again."""
        return await self._post(PageYearOut, f"/agent/regies/{regie_id}/years/{year}/reopening", body)

    async def credits(
        self, *, family_id: str = "", sort: str = "", cursor: str = "", limit: int | None = None
    ) -> PageCreditOut:
        """What families are owed, newest first."""
        return await self._get(
            PageCreditOut, "/agent/credits", family_id=family_id, sort=sort, cursor=cursor, limit=limit
        )

    async def give_credit_back(self, account_id: str, body: Body, *, key: str) -> AccountOut:
        return await self._post(AccountOut, f"/agent/credits/{account_id}/refunds", body, key=key)

    async def set_credit_off(self, account_id: str) -> AccountOut:
        """Lay what a family is owed on what it owes."""
        return await self._post(AccountOut, f"/agent/credits/{account_id}/set-off")

    async def refund_plan(self, payment_id: str, amount_cents: int | None = None) -> RefundPlanOut:
        """What would follow a refund: of all that can go back if nothing is said."""
        return await self._get(
            RefundPlanOut, f"/agent/payments/{payment_id}/refunds/plan", amount_cents=amount_cents
        )

    async def order_refund(self, payment_id: str, body: Body, *, key: str) -> RefundOut:
        return await self._post(RefundOut, f"/agent/payments/{payment_id}/refunds", body, key=key)

    async def reminders(
        self,
        *,
        means: str = "",
        status: str = "",
        regie_id: str = "",
        sort: str = "",
        cursor: str = "",
        limit: int | None = None,
    ) -> PageReminderOut:
        """The reminders that were made, the newest first."""
        return await self._get(
            PageReminderOut,
            "/agent/reminders",
            means=means,
            status=status,
            regie_id=regie_id,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )

    async def carried_months(
        self, *, regie_id: str = "", sort: str = "", cursor: str = "", limit: int | None = None
    ) -> CarriedMonthsOut:
        """The small amounts that wait for the next month's end, the newest first; how many there are."""
        return await self._get(
            CarriedMonthsOut,
            "/agent/carried-months",
            regie_id=regie_id,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )

    async def hand_over(self, reminder_ids: list[str]) -> HandedOverOut:
        """Note letters and lists as sent or handed over."""
        return await self._post(HandedOverOut, "/agent/reminders/handed-over", {"reminder_ids": reminder_ids})

    async def plan(self, invoice_id: str) -> PlanOut | None:
        """The instalment plan of an invoice."""
        found = await self._get(PlansOut, f"/agent/invoices/{invoice_id}/instalments")
        return next(iter(found.items), None)

    async def make_plan(self, invoice_id: str, body: Body) -> PlansOut:
        return await self._put(PlansOut, f"/agent/invoices/{invoice_id}/instalments", body)

    async def cancel_plan(self, invoice_id: str, body: Body) -> PlansOut:
        return await self._post(PlansOut, f"/agent/invoices/{invoice_id}/instalments/cancellation", body)

    async def debt_rule(self) -> DebtRuleOut:
        """Which debts keep families from booking."""
        return await self._get(DebtRuleOut, "/agent/debt-rule")

    async def state_debt_rule(self, body: Body, *, seen: int) -> DebtRuleOut:
        return await self._put(DebtRuleOut, "/agent/debt-rule", body, seen=seen)

    async def family_debt(self, family_id: str) -> FamilyDebtOut:
        """Whether a debt keeps a family from booking."""
        return await self._get(FamilyDebtOut, f"/agent/families/{family_id}/debt")

    async def exempt_family(self, family_id: str, body: Body) -> FamilyDebtOut:
        return await self._put(FamilyDebtOut, f"/agent/families/{family_id}/debt-exemption", body)

    async def end_exemption(self, family_id: str) -> FamilyDebtOut:
        return await self._delete(FamilyDebtOut, f"/agent/families/{family_id}/debt-exemption")

    async def invoice_reminders(self, invoice_id: str) -> InvoiceRemindersOut:
        return await self._get(InvoiceRemindersOut, f"/agent/invoices/{invoice_id}/reminders")

    async def unpaid(
        self, *, regie_id: str = "", sort: str = "", cursor: str = "", limit: int | None = None
    ) -> PageUnpaidOut:
        """The families of which something is past due, the longest first."""
        return await self._get(
            PageUnpaidOut, "/agent/unpaid", regie_id=regie_id, sort=sort, cursor=cursor, limit=limit
        )

    async def certificate(self, family_id: str, year: int) -> CertificateOut:
        """What a family paid in the year for care, for its taxes."""
        return await self._get(CertificateOut, f"/agent/families/{family_id}/tax-certificate", year=year)

    async def certificate_pdf(self, family_id: str, year: int) -> Download:
        return await self._download(f"/agent/families/{family_id}/tax-certificate/pdf", year=year)

    async def family_accounts(self, family_id: str) -> PageFamilyAccountOut:
        """A family's accounts, by régie."""
        return await self._get(PageFamilyAccountOut, f"/agent/families/{family_id}/accounts")

    async def statement(self, account_id: str, *, first: str = "", last: str = "") -> StatementOut:
        return await self._get(
            StatementOut, f"/agent/accounts/{account_id}/statement", first=first, last=last
        )

    async def pes(
        self, regie_id: str, *, period: str, kind: str, number: str, leave_out: bool = False
    ) -> Download:
        """A bordereau of PES V2 Recette of a month; what takes from no known titre may be left out."""
        return await self._download(
            f"/agent/regies/{regie_id}/pes",
            period=period,
            kind=kind,
            number=number,
            leave_out=leave_out,
        )

    async def journal(self, regie_id: str, *, first: str = "", last: str = "") -> JournalOut:
        """A régie's accounts and days over a period."""
        return await self._get(JournalOut, f"/agent/regies/{regie_id}/journal", first=first, last=last)
