"""The commune's own settings."""
