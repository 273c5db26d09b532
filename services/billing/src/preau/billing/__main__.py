"""``python -m preau.billing serve | worker | migrate | demo-data``."""

from preau.billing.app import create_app, create_worker
from preau.billing.demo import seed_from_settings
from preau.billing.settings import BillingSettings
from preau.common.run import service_main

service_main(
    "billing", BillingSettings, create_app, roles={"worker": create_worker}, demo_data=seed_from_settings
)
