"""Messages: outbox, relay, broker adapters, inbox, retries, parking."""
