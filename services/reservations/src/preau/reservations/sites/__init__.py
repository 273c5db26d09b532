"""Where a parent books: canteens, day care, leisure centres."""
