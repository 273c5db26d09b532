"""What the public accountant is sent: titres de recette and receipts of a régie, as PES V2."""
