"""Reminders in steps: mails, letters and lists for the Treasury, each once an invoice."""
