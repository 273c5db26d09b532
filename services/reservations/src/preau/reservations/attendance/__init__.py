"""Who was there: marked by agents, told to billing."""
