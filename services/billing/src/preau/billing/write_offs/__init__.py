"""Write-offs (admissions en non-valeur): what nobody asks for any more of an invoice, and undoing that."""
