"""Files of many invoices, to print and post."""
