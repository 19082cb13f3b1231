"""The networks of forecast/lstm.py in JAX with equinox and optax, to measure them beside those in NumPy (decision 0007).

Nothing imports this and it needs an environment of its own, from the root of the checkout:

    python -m venv /somewhere && /somewhere/bin/pip install -r requirements.txt "jax[cpu]" equinox optax
    PYTHONPATH=. /somewhere/bin/python docs/decisions/0007-in-jax.py same             # both from one start, on the same batches
    PYTHONPATH=. /somewhere/bin/python docs/decisions/0007-in-jax.py hundred jax64    # or numpy, jax32: 100 networks, three times
    PYTHONPATH=. /somewhere/bin/python docs/decisions/0007-in-jax.py skill jax64 sample 0 1 2    # the backtest of both, by seed
    PYTHONPATH=. /somewhere/bin/python docs/decisions/0007-in-jax.py skill numpy FOLDER 0 1 2    # of the ledger in a folder (data)

The inputs, the loss, the split in time, the looks, the patience and Adam are those of forecast/lstm.py; `vmap` makes one program
of all networks, `jit` compiles it, and each stops by itself: the program ends when the last one has.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from forecast import lstm, volume
from forecast.models.volume_lstm import VolumeLstm, VolumeLstmAll
from forecast.sessions import EXERCISE, LAST, LEAST_SESSIONS, fits
from tests.bench.forecast_bench import a_hundred

TODAY = date(2026, 11, 22)
UNROLL = 1  # all twelve sessions written out take four times as long, to compile and to run; two at a time as long


def program(settings: lstm.Settings, most_held: int) -> Any:
    """The compiled training of many networks: (network, rows or None, x, present, y, count, key) with a leading axis for each."""
    import equinox as eqx
    import jax
    import jax.numpy as jnp
    import optax

    adam, kept = optax.adam(settings.rate, eps=lstm._ADAM[2]), 1 - settings.rate * settings.decay

    def said(net: Any, x: Any, present: Any) -> Any:
        def step(state: Any, at: Any) -> Any:
            hidden, cell = net[0](at[0], state)
            return (hidden * at[1], cell * at[1]), None

        zero = jnp.zeros(settings.hidden, x.dtype)
        (hidden, _), _ = jax.lax.scan(step, (zero, zero), (x, present), unroll=UNROLL)
        return net[1](hidden)[0]

    def loss(net: Any, x: Any, present: Any, y: Any, weight: Any) -> Any:
        error = jax.vmap(said, (None, 0, 0))(net, x, present) - y
        return (weight * lstm.BEND**2 * (jnp.sqrt(1 + (error / lstm.BEND) ** 2) - 1)).sum()

    def one(net: Any, rows: Any, x: Any, present: Any, y: Any, count: Any, key: Any) -> Any:
        held = jnp.clip(jnp.ceil(settings.held * count).astype(int), 1, settings.most_held)
        place = jnp.arange(most_held)
        last = jnp.clip(count - held + place, 0, jnp.maximum(count - 1, 0))
        weight, same = (place < held) / held, jnp.full(settings.batch, 1 / settings.batch)

        def learn(state: Any, at: Any) -> Any:
            net, opt, _ = state
            drawn = jax.random.randint(jax.random.fold_in(key, at), (settings.batch,), 0, jnp.maximum(count - held, 1))
            use = drawn if rows is None else rows[at]
            now, slope = jax.value_and_grad(loss)(net, x[use], present[use], y[use], same)
            change, opt = adam.update(slope, opt, net)
            net = jax.tree.map(lambda leaf: leaf * kept if leaf.ndim > 1 else leaf, eqx.apply_updates(net, change))
            return (net, opt, now), None

        def look(state: Any) -> Any:
            at, (net, opt, recent), best, least, when, curve = state
            now = loss(net, x[last], present[last], y[last], weight)
            curve = curve.at[at // settings.look].set(jnp.stack([recent, now]))
            better = now < least
            best = jax.tree.map(lambda new, old: jnp.where(better, new, old), net, best)
            return at, (net, opt, recent), best, jnp.where(better, now, least), jnp.where(better, at, when), curve

        def turn(state: Any) -> Any:
            at = state[0]
            learned, _ = jax.lax.scan(learn, state[1], at + jnp.arange(settings.look))
            return look((at + settings.look, learned, *state[2:]))

        def goes_on(state: Any) -> Any:
            return (state[0] < settings.steps) & (state[0] - state[4] < settings.patience * settings.look) & (count > 0)

        curve = jnp.full((settings.steps // settings.look + 1, 2), jnp.nan)
        state = look((0, (net, adam.init(net), jnp.nan), net, jnp.inf, 0, curve))
        _, _, best, _, when, curve = jax.lax.while_loop(goes_on, turn, state)
        return best, when, curve

    return jax.jit(jax.vmap(one))


def networks(parameters: lstm.Parameters) -> Any:
    """The parameters of forecast/lstm.py as equinox networks with a leading axis; equinox has its gates in another order."""
    import equinox as eqx
    import jax
    import jax.numpy as jnp

    hidden = parameters["wh"].shape[1]
    cell = eqx.nn.LSTMCell(parameters["wx"].shape[1], hidden, key=jax.random.key(0))
    head = eqx.nn.Linear(hidden, 1, key=jax.random.key(0))
    turned = {key: jnp.asarray(parameters[key][..., _order(hidden)].swapaxes(1, 2)) for key in ("wx", "wh", "b")}
    cell = eqx.tree_at(
        lambda net: (net.weight_ih, net.weight_hh, net.bias), cell, (turned["wx"], turned["wh"], turned["b"][..., 0])
    )
    wo, bo = jnp.asarray(parameters["wo"].swapaxes(1, 2)), jnp.asarray(parameters["bo"][:, 0])
    return cell, eqx.tree_at(lambda net: (net.weight, net.bias), head, (wo, bo))


def _order(hidden: int) -> Any:
    """Input, forget, candidate, output: ours has the candidate last. It is its own inverse."""
    return np.concatenate([np.arange(each * hidden, (each + 1) * hidden) for each in (0, 1, 3, 2)])


def plain(nets: Any) -> lstm.Parameters:
    """And back."""
    cell, head = nets
    order = _order(cell.weight_hh.shape[-1])
    turned = {"wx": cell.weight_ih.swapaxes(1, 2), "wh": cell.weight_hh.swapaxes(1, 2), "b": cell.bias[:, None]}
    made = {key: np.asarray(each)[..., order].astype(np.float64) for key, each in turned.items()}
    head = {"wo": head.weight.swapaxes(1, 2), "bo": head.bias[:, None]}
    return made | {key: np.asarray(each, np.float64) for key, each in head.items()}


_PROGRAMS: dict[Any, Any] = {}


def train(data: lstm.Windows, settings: lstm.Settings, pad: tuple[int, int], rows: Any = None) -> lstm.Trained:
    """`lstm.train` in JAX, padded to `pad` (networks, windows). `rows` (E, steps, batch): which windows each step learns from."""
    import jax

    (extra, more), made = (pad[0] - len(data.y), pad[1] - data.y.shape[1]), len(data.y)
    held = min(int(np.ceil(settings.held * pad[1])), settings.most_held)
    wide = lambda each: np.pad(each, [(0, extra), (0, more)] + [(0, 0)] * (each.ndim - 2))  # noqa: E731
    seeds = np.concatenate([data.seeds, np.zeros(extra, np.int64)])
    nets = networks(lstm.start(seeds, data.x.shape[-1], settings.hidden, settings.seed))
    keys = jax.vmap(lambda each: jax.random.fold_in(jax.random.key(settings.seed), each))(seeds.astype(np.uint32))
    call = _PROGRAMS.setdefault((settings.hidden, settings.batch, pad, rows is None), program(settings, held))
    found = call(nets, rows, wide(data.x), wide(data.present), wide(data.y), np.pad(data.count, (0, extra)), keys)
    best, when, curve = jax.tree.map(lambda leaf: leaf[:made], jax.block_until_ready(found))
    return lstm.Trained(parameters=plain(best), steps=np.asarray(when), curve=np.asarray(curve).transpose(1, 0, 2))


class _InJax:
    """Trained by JAX, asked by NumPy as the web process would."""

    pad: tuple[int, int]

    def fit(self, X: Any, y: Any) -> Any:  # noqa: N803
        over = ~np.isnan(y[:, 0])
        group = self._group(X)[over]  # type: ignore[attr-defined]
        self.groups_, count = np.unique(group, return_counts=True)
        self.groups_ = self.groups_[count + 1 >= LEAST_SESSIONS]
        if len(self.groups_):
            windows = self._windows(X[over], y[over, 0], group)  # type: ignore[attr-defined]
            self.trained_ = train(windows, self._settings(), type(self).pad)  # type: ignore[attr-defined]
        return self


class JaxLstm(_InJax, VolumeLstm):
    pass


class JaxLstmAll(_InJax, VolumeLstmAll):
    pass


def padded(table: volume.Sessions) -> None:
    """Pad to the last training, so that all of a backtest are one program: as JAX wants it."""
    _, count = np.unique(table.X[~np.isnan(table.volume), EXERCISE], return_counts=True)
    JaxLstm.pad = max(int((count + 1 >= LEAST_SESSIONS).sum()), 1), int(count.max())
    JaxLstmAll.pad = 1, table.over


def spent() -> tuple[float, float]:
    """Wall and CPU seconds so far."""
    return time.perf_counter(), time.process_time()


def told(what: str, since: tuple[float, float]) -> None:
    wall, cpu = (now - before for now, before in zip(spent(), since, strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: {wall:.2f} s of wall, {cpu:.2f} s of CPU, peak so far {peak:.0f} MB", flush=True)


def chosen(how: str) -> tuple[Any, Any]:
    """The two models, and JAX in that precision where it is asked for."""
    if how == "numpy":
        return VolumeLstm, VolumeLstmAll
    since = spent()
    import equinox  # noqa: F401
    import jax
    import optax  # noqa: F401

    jax.config.update("jax_enable_x64", how == "jax64")
    told("import of JAX, equinox and optax", since)
    return JaxLstm, JaxLstmAll


def same() -> None:
    """From one start on the same batches: how far apart the losses and the weights are."""
    chosen("jax64")
    lstm._ADAM = (0.9, 0.999, 1e-17)  # optax adds this small number at another place
    table = a_hundred()
    padded(table)
    model = VolumeLstm()
    ours = model.fit(table.X, (table.volume / table.level)[:, None]).trained_
    over = ~np.isnan(table.volume)
    data = model._windows(table.X[over], (table.volume / table.level)[over], model._group(table.X)[over])
    settings = model._settings()
    held = np.clip(np.ceil(settings.held * data.count).astype(np.int64), 1, settings.most_held)
    drawn = [np.random.default_rng([settings.seed, int(each), 1]) for each in data.seeds]
    size = settings.batch
    many = zip(drawn, data.count - held, strict=True)
    rows = np.stack([np.stack([rng.integers(most, size=size) for _ in range(settings.steps)]) for rng, most in many])
    theirs = train(data, settings, JaxLstm.pad, rows)
    curve = np.nanmax(np.abs(ours.curve - theirs.curve[: len(ours.curve)]))
    weights = max(np.abs(ours.parameters[key] - theirs.parameters[key]).max() for key in ours.parameters)
    print(f"steps alike: {(ours.steps == theirs.steps).mean():.2f}, losses apart {curve:.1e}, weights apart {weights:.1e}")


def hundred(how: str) -> None:
    """100 networks three times: JAX's first training compiles."""
    model, _ = chosen(how)
    table = a_hundred()
    padded(table)
    for number in range(3):
        since = spent()
        fitted = model(seed=number).fit(table.X, (table.volume / table.level)[:, None])
        told(f"{how}, 100 networks, training {number + 1}, {fitted.trained_.steps.mean():.0f} steps on average", since)


def skill(how: str, where: str, seeds: list[int]) -> None:
    """The backtest of both by seed: skill against the mean of five, and what it took."""
    kinds = chosen(how)
    table = sessions_of(where)
    padded(table)
    use = (table.before >= LEAST_SESSIONS) & ~np.isnan(table.volume)
    five = np.abs(table.volume - table.level)[use].mean()
    for seed in seeds:
        for kind, name in zip(kinds, ("of the exercise", "of all"), strict=True):
            since = spent()
            turns = fits(len(table.volume), kind.growth)
            share, _ = volume.walk(kind(seed=seed), table, turns)
            share = np.where(np.isnan(share), table.X[:, LAST - 1], share)
            error = np.abs(table.volume - share * table.level)[use].mean()
            told(f"{how}, seed {seed}, {name}, {len(turns)} trainings, n {use.sum()}: skill {1 - error / five:+.4f}", since)


def sessions_of(where: str) -> volume.Sessions:
    """The sample person's, a hundred made exercises', or those of the ledger in the folder `where`."""
    if where == "hundred":
        return a_hundred()
    if where == "sample":
        from health.sample import sample_frames

        frames = sample_frames(0, TODAY, "Europe/Berlin", datetime(2026, 11, 22, 9, tzinfo=UTC))
    else:
        from store.frames import FrameCache
        from store.open import open_store

        frames = FrameCache(open_store("sqlite:fitboard.db", (), folder=Path(where)), "me").frames()
    made = volume.sessions(frames, date(2026, 11, 21))
    assert made is not None
    return made


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["same"]:
            same()
        case ["hundred", how]:
            hundred(how)
        case ["skill", how, where, *seeds]:
            skill(how, where, [int(each) for each in seeds])
        case _:
            print(__doc__)
