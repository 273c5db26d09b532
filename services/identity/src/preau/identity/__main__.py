"""``python -m preau.identity serve | migrate | demo-data | open-commune``."""

from preau.common.run import service_main
from preau.identity.app import create_app
from preau.identity.demo import seed
from preau.identity.opening import add_command
from preau.identity.settings import IdentitySettings

if __name__ == "__main__":
    service_main("identity", IdentitySettings, create_app, seed=seed, extend=add_command)
