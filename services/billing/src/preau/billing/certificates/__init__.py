"""The tax certificate of care: what a family paid in a year for its children under six, food left out."""
