"""What a model is, and how the house finds one: a class under @model in any file of forecast/models/.

    @model("trend", "Trend", of="weekly")
    class Trend(RegressorMixin, BaseEstimator):
        def fit(self, X, y): ...        # X (n, FEATURES), y (n, HORIZONS) with NaN where nothing has matured; returns self
        def predict(self, X): ...       # (n, HORIZONS), the change from what is known at the row's origin; NaN = says nothing
        def spread(self, X): ...        # (n, HORIZONS) above 0: how wide it thinks the error is (one standard deviation)

scikit-learn's shape throughout. A row of X holds only what was known at its origin (forecast/features.py, forecast/volume.py),
so a model cannot look ahead. A model that learns nothing says so with the tag `requires_fit`, and is asked once for all rows.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Of = Literal["weekly", "volume"]

BASELINE = {"weekly": "no_change", "volume": "last_session"}


class Estimator(Protocol):
    """What the backtest asks of a model, beyond scikit-learn's own get_params and set_params."""

    def fit(self, X: Array, y: Array) -> Any: ...  # noqa: N803

    def predict(self, X: Array) -> Array: ...  # noqa: N803

    def spread(self, X: Array) -> Array: ...  # noqa: N803


Made = TypeVar("Made", bound=Estimator)


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model: what it is called in commands and on the page, what it forecasts, and how one is made.

    `of` is `weekly` (weight, fat ratio) or `volume`. `default` marks the one that is shown first; exactly one a kind has it.
    """

    name: str
    title: str
    of: Of
    default: bool
    make: Callable[[], Estimator] = field(repr=False)


_models: dict[str, Model] = {}


def model(name: str, title: str, *, of: Of, default: bool = False) -> Callable[[type[Made]], type[Made]]:
    """Register the class below as the model of that name."""

    def register(made: type[Made]) -> type[Made]:
        _models[name] = Model(name=name, title=title, of=of, default=default, make=made)
        return made

    return register


@cache
def models() -> dict[str, Model]:
    """Every model by name. Imports scikit-learn: only call it where a forecast is really made."""
    import forecast.models as package

    for each in pkgutil.iter_modules([str(Path(package.__path__[0]))]):
        if not each.name.startswith("_"):
            importlib.import_module(f"forecast.models.{each.name}")
    return dict(sorted(_models.items()))


def models_of(of: Of) -> list[Model]:
    """The models of one kind: the default first, then by name."""
    return sorted((each for each in models().values() if each.of == of), key=lambda each: (not each.default, each.name))
