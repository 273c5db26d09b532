"""What the proxy counts."""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class ProxyMetrics:
    """By audience and service, never by path: paths hold identifiers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.in_flight = Gauge("preau_gateway_in_flight", "Requests under way", registry=registry)
        self.disconnects = Counter(
            "preau_gateway_clients_left_total",
            "Clients gone before the end of their answer",
            registry=registry,
        )
        self._requests = Counter(
            "preau_gateway_requests_total", "Requests", ["audience", "service", "status"], registry=registry
        )
        self._seconds = Histogram(
            "preau_gateway_request_seconds", "Duration", ["service"], registry=registry, buckets=BUCKETS
        )
        # The library looks a labelled child up under a lock, each time anew.
        self._requests_of = cache(self._find_requests)
        self._seconds_of = cache(self._find_seconds)

    def _find_requests(self, audience: str, service: str, status: int) -> Counter:
        return self._requests.labels(audience, service, str(status))

    def _find_seconds(self, service: str) -> Histogram:
        return self._seconds.labels(service)

    def observe(self, audience: str, service: str, status: int, seconds: float) -> None:
        """Count a request that ended; status 499: the client disconnected."""
        self._requests_of(audience, service, status).inc()
        self._seconds_of(service).observe(seconds)
