"""What stands at the top of a commune's documents: its logo, its colour, who writes."""
