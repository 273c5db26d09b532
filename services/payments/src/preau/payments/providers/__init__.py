"""Providers: the banks and agencies that take the money, and what each of them can do."""
