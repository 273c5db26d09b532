"""Days that agents close."""
