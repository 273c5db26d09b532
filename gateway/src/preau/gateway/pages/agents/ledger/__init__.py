"""What families owe and are owed: credits, statements of account, refunds, the journal of a régie."""
