"""PostgreSQL and RabbitMQ as private child processes, for machines without Docker (Linux)."""
