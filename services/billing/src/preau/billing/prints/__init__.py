"""Many invoices printed into one file, chunk by chunk, by whichever worker is free."""
