"""What the services answer, written from their OpenAPI documents by `make docs`."""
