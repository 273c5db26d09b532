pytest_plugins = ["preau.common.testing.fixtures"]
