"""The gateway: the one public entry; it proxies the services' APIs and serves the pages."""
