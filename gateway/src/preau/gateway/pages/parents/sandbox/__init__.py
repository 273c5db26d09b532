"""Development only: the mails that were sent."""
