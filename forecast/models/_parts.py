"""What both default blends are: parts that are fitted one by one and joined in fixed shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

from forecast.model import Array, Estimator


class InParts(ABC):
    """Fits each of `parts` and joins what they predict."""

    parts: dict[str, Estimator]

    def fit(self, X: Array, y: Array) -> Self:  # noqa: N803
        """Fit every part."""
        for part in self.parts.values():
            part.fit(X, y)
        return self

    def predict(self, X: Array) -> Array:  # noqa: N803
        """What the parts say, joined; the shape of one part's prediction."""
        return self.joined({name: part.predict(X) for name, part in self.parts.items()})

    @staticmethod
    @abstractmethod
    def joined(said: dict[str, Array]) -> Array:
        """The blend of what the parts said."""
