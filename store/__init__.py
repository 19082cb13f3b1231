"""The ledger's memory: the port `Store` and its engines, SQLite (embedded) and DynamoDB (production)."""
