"""What alerts and the dashboard ask for is what the processes answer; Compose hands them what they name."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from preau.billing.app import create_worker
from preau.gateway.app import create_app as create_gateway
from preau.gateway.settings import GatewaySettings
from preau.operations.audit.nightly import Metrics as AuditMetrics
from preau.operations.broker.watch import Metrics as BrokerMetrics
from tests.fleet import SERVICES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
NO_NAMES = re.compile(r"\bby \([^)]*\)|\{[^}]*\}|\[[^\]]*\]")
"""Labels and spans of time in an expression."""
NAME = re.compile(r"\b[a-z]\w*\b(?! *\()")
PARTS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


def names_in(registry: CollectorRegistry) -> set[str]:
    """The names of its samples."""
    return {metric.name + part for metric in registry.collect() for part in PARTS.get(metric.type, ("",))}


@pytest.fixture(scope="module")
def answered() -> set[str]:
    """What the ``/metrics`` of all processes hold, and what Prometheus itself adds."""
    billing = next(each for each in SERVICES if each.name == "billing")
    registries = [service.app().state.registry for service in SERVICES]
    registries.append(create_gateway(GatewaySettings(environment="development")).pages.state.registry)
    registries.append(billing._replace(create_app=create_worker).app().state.registry)
    registries += [BrokerMetrics().registry, AuditMetrics().registry]
    return set().union(*map(names_in, registries), {"up"})


def alerts() -> list[dict[str, Any]]:
    return [rule for group in read("deploy/observability/rules.yml")["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return json.loads((FOLDER / "grafana/dashboards/preau.json").read_text())["panels"]


def asked_for(expression: str) -> set[str]:
    """The metrics in an expression: its words that are no functions."""
    return set(NAME.findall(NO_NAMES.sub("", expression)))


def test_alerts_ask_for_what_is_answered(answered: set[str]) -> None:
    for alert in alerts():
        names = asked_for(alert["expr"])
        assert names and names <= answered, f"{alert['alert']}: {names - answered}"
        assert alert["annotations"]["summary"] and alert["labels"]["severity"] in {"page", "ticket"}
        assert alert["expr"].count("(") == alert["expr"].count(")")


def test_the_dashboard_asks_for_what_is_answered(answered: set[str]) -> None:
    places: set[tuple[int, int]] = set()
    for panel in panels():
        for target in panel["targets"]:
            names = asked_for(target["expr"])
            assert names and names <= answered, f"{panel['title']}: {names - answered}"
            assert target["datasource"] == panel["datasource"]
        places.add((panel["gridPos"]["x"], panel["gridPos"]["y"]))
    assert len(places) == len({panel["id"] for panel in panels()}) == len(panels())


def test_every_metric_of_ours_that_somebody_should_act_on_has_its_alert() -> None:
    asked = set().union(*(asked_for(alert["expr"]) for alert in alerts()))
    assert {
        "preau_outbox_oldest_seconds",
        "preau_broker_parked",
        "preau_billing_run_idle_seconds",
        "preau_audit_findings",
        "preau_http_requests_total",
        "preau_gateway_requests_total",
        "preau_topology_missing",
    } <= asked


def test_every_alert_is_explained_to_operators() -> None:
    explained = set(re.findall(r"`(Preau\w+)`", (FOLDER / "README.md").read_text()))
    assert explained == {alert["alert"] for alert in alerts()}


def test_processes_with_metrics_are_all_asked() -> None:
    services = read("docker-compose.yml")["services"]
    [job] = read("deploy/observability/prometheus.yml")["scrape_configs"]
    asked = set(job["dns_sd_configs"][0]["names"])
    with_metrics = {
        name
        for name, service in services.items()
        if str(service.get("image", "")).startswith("preau/") and service.get("restart") != "no"
    }
    assert asked == with_metrics
    reached = set(services["prometheus"]["networks"])
    assert all(reached & set(services[name]["networks"]) for name in asked)


def test_sources_of_the_dashboard_are_provided() -> None:
    sources = read("deploy/observability/grafana/provisioning/datasources/preau.yml")["datasources"]
    uids = {source["uid"] for source in sources}
    assert {panel["datasource"]["uid"] for panel in panels()} <= uids
    services = read("docker-compose.yml")["services"]
    assert {re.findall(r"//([\w-]+):", source["url"])[0] for source in sources} <= services.keys()


def test_the_collector_uses_what_it_declares() -> None:
    collector = read("deploy/observability/collector.yml")
    for pipeline in collector["service"]["pipelines"].values():
        for kind in ("receivers", "processors", "exporters"):
            assert set(pipeline[kind]) <= collector[kind].keys()
    assert set(collector["service"]["extensions"]) <= collector["extensions"].keys()


def test_compose_mounts_files_that_are_there_and_pins_versions() -> None:
    watching = {
        name: service
        for name, service in read("docker-compose.yml")["services"].items()
        if "observability" in service.get("profiles", ())
    }
    assert watching.keys() == {"collector", "jaeger", "prometheus", "grafana"}
    for name, service in watching.items():
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+", service["image"]), name
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert not source.startswith(".") or (ROOT / source).exists(), mount
        assert all("127.0.0.1" in port for port in service.get("ports", ()))
