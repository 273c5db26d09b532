"""Days that agents close: what they free, and telling the families."""
