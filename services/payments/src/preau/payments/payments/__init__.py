"""Payments: from the parent's selection to the provider's answer."""
