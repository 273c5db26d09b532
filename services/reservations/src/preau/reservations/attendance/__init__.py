"""Who was there: marked by agents, published to billing."""
