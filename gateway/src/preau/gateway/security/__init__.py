"""What every request and answer is checked for and carries."""
