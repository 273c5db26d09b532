"""The month's billing from the command line."""
