"""The events that cross services: one module a publisher, one version a class."""
