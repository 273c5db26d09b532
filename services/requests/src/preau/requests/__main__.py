"""``python -m preau.requests serve | migrate | demo-data``."""

from preau.common.run import service_main
from preau.requests.app import create_app
from preau.requests.demo import seed
from preau.requests.settings import RequestsSettings

if __name__ == "__main__":
    service_main("requests", RequestsSettings, create_app, seed=seed)
