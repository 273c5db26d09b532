"""``python -m preau.billing serve | worker | migrate | demo-data``."""

from preau.billing.app import create_app, create_worker
from preau.billing.demo import seed
from preau.billing.settings import BillingSettings
from preau.common.run import service_main

if __name__ == "__main__":
    service_main("billing", BillingSettings, create_app, roles={"worker": create_worker}, seed=seed)
