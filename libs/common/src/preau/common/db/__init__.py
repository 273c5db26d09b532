"""The database: engine, transactions with their tenant, columns, migrations."""
