"""One measured figure as a line of JSON."""

import json


def row(name: str, value: float, unit: str, limit: float | None = None, digits: int = 3) -> None:
    """Print the figure; it is ok when there is no limit or it is not above it."""
    value = round(value, digits)
    print(
        json.dumps({"name": name, "value": value, "unit": unit, "limit": limit, "ok": limit is None or value <= limit}), flush=True
    )
