"""A small LSTM in NumPy, many at once: every array has a leading axis for the network, so a hundred train in one program.

One network reads a window of T sessions, oldest first, and says one number. Shapes: E networks, B windows, T steps, I inputs, H
hidden. Parameters are a plain dict of arrays: "wx" (E, I, 4H), "wh" (E, H, 4H), "b" (E, 1, 4H) with the gates in the order input,
forget, output, candidate; "wo" (E, H, 1) and "bo" (E, 1, 1) for what it says. Nothing in one network's slice touches another's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Whole = npt.NDArray[np.int64]
Parameters = dict[str, Floats]

BEND = 0.2  # errors below it count by their square, errors above it by their size
_ADAM = (0.9, 0.999, 1e-8)


@dataclass(frozen=True, kw_only=True)
class Windows:
    """What networks learn from: `x` (E, N, T, I), `present` (E, N, T) 1 where there was a session and 0 before the first,
    `y` (E, N). Network e has its first `count[e]` of the N places filled, in the order of time; `seeds` (E,) start the random
    numbers of each."""

    x: Floats
    present: Floats
    y: Floats
    count: Whole
    seeds: Whole


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How networks learn. `held` is the share of each network's newest windows that decides when it stops, `most_held` at most;
    it looks every `look` steps and gives up after `patience` looks without a better one."""

    hidden: int = 4
    batch: int = 32
    rate: float = 0.01
    decay: float = 1.0
    steps: int = 300
    look: int = 10
    patience: int = 8
    held: float = 0.2
    most_held: int = 512
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Trained:
    """The parameters that did best on the windows held back, after `steps` (E,) steps; `curve` (looks, E, 2) the loss on the
    batches and on those windows at every look, NaN after a network stopped. At look 0 nothing is learned: the head says 0."""

    parameters: Parameters
    steps: Whole
    curve: Floats


def start(seeds: Whole, inputs: int, hidden: int, seed: int) -> Parameters:
    """Parameters before learning. A network's are drawn from its own seed, so that its neighbours do not matter.

    In double precision: processors add in other orders, and what they disagree on must stay far below what is shown.
    """
    drawn = [np.random.default_rng([seed, int(each), 0]) for each in seeds]
    bias = np.zeros((len(seeds), 1, 4 * hidden), np.float64)
    bias[..., hidden : 2 * hidden] = 1.0  # remember at first
    return {
        "wx": np.stack([rng.normal(0, inputs**-0.5, (inputs, 4 * hidden)) for rng in drawn]).astype(np.float64),
        "wh": np.stack([rng.normal(0, hidden**-0.5, (hidden, 4 * hidden)) for rng in drawn]).astype(np.float64),
        "b": bias,
        "wo": np.zeros((len(seeds), hidden, 1), np.float64),
        "bo": np.zeros((len(seeds), 1, 1), np.float64),
    }


def forward(parameters: Parameters, x: Floats, present: Floats) -> tuple[Floats, dict[str, Floats]]:
    """What each network says of each window, (E, B), and what `backward` needs. `x` (E, B, T, I), `present` (E, B, T)."""
    hidden = parameters["wh"].shape[1]
    steps = np.ascontiguousarray(x.transpose(2, 0, 1, 3))
    kept = present.transpose(2, 0, 1)[..., None]
    gates = steps @ parameters["wx"] + parameters["b"]  # (T, E, B, 4H), turned into the gates step by step
    # One tanh for all: a sigmoid is half of one, moved up.
    half = np.repeat(np.array([0.5, 1.0], gates.dtype), [3 * hidden, hidden])
    cells = np.zeros((len(gates) + 1, *gates.shape[1:3], hidden), gates.dtype)
    states = np.zeros_like(cells)
    for at, gate in enumerate(gates):
        gate += states[at] @ parameters["wh"]
        gate *= half
        np.tanh(gate, out=gate)
        sigmoids = gate[..., : 3 * hidden]
        sigmoids *= 0.5
        sigmoids += 0.5
        into, keep, out, new = _parts(gate)
        cells[at + 1] = (keep * cells[at] + into * new) * kept[at]  # before the first session the state stays 0
        states[at + 1] = out * np.tanh(cells[at + 1])
    said = (states[-1] @ parameters["wo"] + parameters["bo"])[..., 0]
    return said, {"x": steps, "kept": kept, "gates": gates, "cells": cells, "states": states}


def backward(parameters: Parameters, memory: dict[str, Floats], slope: Floats) -> Parameters:
    """The gradient of a loss by every parameter, through all T steps. `slope` (E, B): the loss by what was said."""
    gates, cells, states, kept = memory["gates"], memory["cells"], memory["states"], memory["kept"]
    by_state = slope[..., None] * parameters["wo"].swapaxes(1, 2)
    by_cell = np.zeros_like(by_state)
    by_gates = np.empty_like(gates)
    back = parameters["wh"].swapaxes(1, 2)
    for at in range(len(gates) - 1, -1, -1):
        into, keep, out, new = _parts(gates[at])
        bent = np.tanh(cells[at + 1])
        by_cell = (by_cell + by_state * out * (1 - bent * bent)) * kept[at]
        d_into, d_keep, d_out, d_new = _parts(by_gates[at])
        d_into[...] = by_cell * new * into * (1 - into)
        d_keep[...] = by_cell * cells[at] * keep * (1 - keep)
        d_out[...] = by_state * bent * out * (1 - out)
        d_new[...] = by_cell * into * (1 - new * new)
        by_state = by_gates[at] @ back
        by_cell = by_cell * keep
    return {
        "wx": (memory["x"].swapaxes(2, 3) @ by_gates).sum(axis=0),
        "wh": (states[:-1].swapaxes(2, 3) @ by_gates).sum(axis=0),
        "b": by_gates.sum(axis=(0, 2))[:, None],
        "wo": states[-1].swapaxes(1, 2) @ slope[..., None],
        "bo": slope.sum(axis=1)[:, None, None],
    }


def _parts(gates: Floats) -> list[Floats]:
    hidden = gates.shape[-1] // 4
    return [gates[..., at * hidden : (at + 1) * hidden] for at in range(4)]


def loss(said: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """(E,) pseudo-Huber loss, the mean by `weight` (E, B; sums to 1 along B), and its slope (E, B) by what was said."""
    error = said - y
    root = np.sqrt(1 + (error / BEND) ** 2)
    return (weight * BEND**2 * (root - 1)).sum(axis=1), weight * error / root


def train(data: Windows, settings: Settings) -> Trained:
    """Every network on its own windows, stopped on its own newest ones. The same seed gives the same weights."""
    held = np.clip(np.ceil(settings.held * data.count).astype(np.int64), 1, settings.most_held)
    learner = _Learner(data, data.count - held, held, settings)
    while len(learner.live) and learner.step <= settings.steps:
        learner.advance()
    return Trained(parameters=learner.best, steps=learner.best_step, curve=np.array(learner.curve))


class _Learner:
    """The state of a training. `live` holds the places of the networks that still learn; `parameters` and `moments` are theirs."""

    def __init__(self, data: Windows, learned: Whole, held: Whole, settings: Settings) -> None:
        self.data, self.learned, self.settings = data, learned, settings
        self.live = np.arange(len(data.count))
        self.parameters = start(data.seeds, data.x.shape[-1], settings.hidden, settings.seed)
        self.moments = [{key: np.zeros_like(each) for key, each in self.parameters.items()} for _ in range(2)]
        self.best = {key: each.copy() for key, each in self.parameters.items()}
        self.best_loss, self.best_step = np.full(len(self.live), np.inf), np.zeros(len(self.live), np.int64)
        self.curve: list[Floats] = []
        self.step = 0
        place = np.arange(held.max())
        self.rows = np.minimum(learned[:, None] + place, data.count[:, None] - 1)
        self.weight = ((place < held[:, None]) / held[:, None]).astype(np.float64)
        self.drawn = [np.random.default_rng([settings.seed, int(each), 1]) for each in data.seeds]
        self.recent = np.full(len(self.live), np.nan)

    def advance(self) -> None:
        """A look where one is due, then a step of every network that goes on."""
        if self.step % self.settings.look == 0:
            self._look()
        self.step += 1
        if not len(self.live):
            return
        size = self.settings.batch
        rows = np.stack([self.drawn[each].integers(self.learned[each], size=size) for each in self.live])
        said, memory = forward(self.parameters, *self._windows(rows))
        weight = np.full(rows.shape, 1 / size, np.float64)
        self.recent[self.live], slope = loss(said, self.data.y[self.live[:, None], rows], weight)
        self._adam(backward(self.parameters, memory, slope))

    def _windows(self, rows: Whole) -> tuple[Floats, Floats]:
        at = self.live[:, None], rows
        return self.data.x[at], self.data.present[at]

    def _look(self) -> None:
        rows = self.rows[self.live]
        said, _ = forward(self.parameters, *self._windows(rows))
        now, _ = loss(said, self.data.y[self.live[:, None], rows], self.weight[self.live])
        seen = np.full((len(self.best_loss), 2), np.nan)
        seen[self.live] = np.column_stack([self.recent[self.live], now])
        self.curve.append(seen)
        better = now < self.best_loss[self.live]
        which = self.live[better]
        self.best_loss[which], self.best_step[which] = now[better], self.step
        for key, each in self.parameters.items():
            self.best[key][which] = each[better]
        self._leave(self.step - self.best_step[self.live] < self.settings.patience * self.settings.look)

    def _leave(self, stay: npt.NDArray[np.bool_]) -> None:
        if stay.all():
            return
        self.live = self.live[stay]
        self.parameters = {key: each[stay] for key, each in self.parameters.items()}
        self.moments = [{key: each[stay] for key, each in moment.items()} for moment in self.moments]

    def _adam(self, gradient: Parameters) -> None:
        first, second, least = _ADAM
        rate = self.settings.rate * np.sqrt(1 - second**self.step) / (1 - first**self.step)
        for key, slope in gradient.items():
            mean, square = self.moments[0][key], self.moments[1][key]
            mean += (1 - first) * (slope - mean)
            square += (1 - second) * (slope * slope - square)
            weights = self.parameters[key]
            weights -= rate * mean / (np.sqrt(square) + least)
            if key.startswith("w"):
                weights *= 1 - self.settings.rate * self.settings.decay


def one(parameters: Parameters, place: int) -> Parameters:
    """The network at that place alone, in double precision: what it says of a window is then the same in any company."""
    return {key: each[place : place + 1].astype(np.float64) for key, each in parameters.items()}
