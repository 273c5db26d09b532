"""Invoices whose lines agents write by hand: added, corrected, credited, each with its reason."""
