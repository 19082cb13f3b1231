"""Parts of a blend count by how near they have been, and by nothing that was not over yet."""

import numpy as np
import pytest

from forecast.weighing import weighed

N = 200


@pytest.fixture
def come() -> np.ndarray:
    return np.random.default_rng(3).uniform(0.6, 1.4, N)


def one_after_the_other(n: int = N) -> np.ndarray:
    return np.arange(n)


def test_to_begin_with_all_count_the_same():
    said = np.array([[0.5], [1.0], [1.2]])
    assert weighed(said, np.array([np.nan]), np.zeros(1), np.array([0])) == pytest.approx(0.9)


def test_the_nearer_part_counts_more_the_longer_it_has_been_nearer(come):
    said = np.stack([come + 0.02, come + 0.3])
    joined = weighed(said, come, np.zeros(N), one_after_the_other())
    off = joined - come
    assert off[0] == pytest.approx(0.16)
    assert (np.diff(off) < 0).all()
    assert off[-1] < 0.03


def test_parts_that_err_alike_keep_alike_shares(come):
    swing = np.where(np.arange(N) % 2, 0.2, -0.2)
    joined = weighed(np.stack([come + swing, come - swing]), come, np.zeros(N), one_after_the_other())
    np.testing.assert_allclose(joined, come, atol=1e-9)


def test_an_exercise_is_weighed_by_its_own_past_first(come):
    """Of two exercises, one repeats the first part and one the second."""
    group = np.arange(N) % 2
    said = np.stack([np.where(group == 0, come, come + 0.3), np.where(group == 1, come, come + 0.3)])
    joined = weighed(said, come, group.astype(float), one_after_the_other())
    assert np.abs(joined - come)[-20:].max() < 0.02
    together = weighed(said, come, np.zeros(N), one_after_the_other())
    assert np.abs(together - come)[-20:].max() > 0.1


def test_what_is_not_over_moves_nothing(come):
    said = np.stack([come + 0.02, come + 0.3])
    matured = np.maximum(one_after_the_other() - 5, 0)
    before = weighed(said, come, np.zeros(N), matured)
    other = come.copy()
    other[100:] = 9.0
    np.testing.assert_array_equal(weighed(said, other, np.zeros(N), matured)[:105], before[:105])
    assert not np.allclose(weighed(said, other, np.zeros(N), matured)[106:], before[106:])


def test_a_part_that_says_nothing_says_what_the_others_do(come):
    said = np.stack([come + 0.1, come + 0.1, np.full(N, np.nan)])
    np.testing.assert_allclose(weighed(said, come, np.zeros(N), one_after_the_other()), come + 0.1)


def test_none_said_anything():
    assert np.isnan(weighed(np.full((2, 3), np.nan), np.ones(3), np.zeros(3), np.arange(3))).all()
