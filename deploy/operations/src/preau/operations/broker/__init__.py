"""``preau broker``: making RabbitMQ what the services need, with the administrator's rights."""
