"""The years of a régie: closing one, so that nothing is entered in it any more, and opening it again."""
