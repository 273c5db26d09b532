"""`python -m preau.gateway serve`: the proxy to the services and the pages."""

import typer

from preau.common.logging import configure_logging
from preau.common.server import serving
from preau.common.telemetry import TelemetryNotInstalled, record_spans
from preau.gateway.app import create_app
from preau.gateway.settings import GatewaySettings

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Préau · gateway")


@cli.callback()
def gateway() -> None:
    """The proxy to the services, and the pages of parents and agents."""


@cli.command("serve")
def serve() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = GatewaySettings()
    configure_logging(settings.log_level, settings.log_format)
    try:
        record_spans("preau-gateway", open_to_all=True)
    except TelemetryNotInstalled as error:
        typer.echo(f"gateway does not start: {error}", err=True)
        raise typer.Exit(2) from error
    serving.serve(create_app(settings), settings)


if __name__ == "__main__":
    cli()
