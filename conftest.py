pytest_plugins = ["preau.testing.fixtures", "preau.standalone.testing"]
