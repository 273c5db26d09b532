"""What a commune offers: its sites, their activities with deadlines and places, the days they are closed."""
