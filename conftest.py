pytest_plugins = ["preau.common.testing.fixtures", "preau.standalone.testing"]
