"""What payments do to invoices, and the credits of families."""
