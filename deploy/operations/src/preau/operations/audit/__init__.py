"""``preau audit``: what must hold in every service's database, between them, and in the queues."""
