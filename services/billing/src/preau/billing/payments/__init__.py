"""What payments do to invoices."""
