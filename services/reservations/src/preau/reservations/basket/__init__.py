"""What a parent means to book and to cancel, before validation."""
