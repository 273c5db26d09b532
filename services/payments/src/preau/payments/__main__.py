"""``python -m preau.payments serve | migrate``."""

from preau.common.run import service_main
from preau.payments.app import create_app
from preau.payments.settings import PaymentsSettings

service_main("payments", PaymentsSettings, create_app)
