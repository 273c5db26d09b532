"""Custody: which families a child's day is charged to, and how much of it to each."""
