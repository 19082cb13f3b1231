"""One measured figure as a line of JSON."""

import json


def row(name: str, value: float, unit: str, limit: float | None = None, digits: int = 3, *, at_least: float | None = None) -> None:
    """Print the figure; it is ok when it is neither above its limit nor below its floor (`at_least`)."""
    value = round(value, digits)
    ok = (limit is None or value <= limit) and (at_least is None or value >= at_least)
    told = limit if at_least is None else f"at least {at_least}"
    print(json.dumps({"name": name, "value": value, "unit": unit, "limit": told, "ok": ok}), flush=True)
