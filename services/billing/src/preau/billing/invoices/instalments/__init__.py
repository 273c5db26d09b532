"""Instalment plans (échéanciers): what is due of an invoice in dated parts."""
