"""What families are owed: the list of it, laying it on what they owe, giving it back by hand."""
