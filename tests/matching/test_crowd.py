"""The yardsticks of the benchmark do the same work as the fused pass."""

from __future__ import annotations

import numpy as np
import pytest

from matching import crowd as crowds


@pytest.mark.parametrize("country", [False, True])
def test_numpy_and_the_fused_pass_find_the_same(country: bool) -> None:
    crowd = crowds.crowd(300, 200, country=country, seed=4)
    best = crowds.whole(crowd)
    plain = np.concatenate(crowds.plain(crowd))
    for row in range(crowd.size):
        found = best[row, 0]
        found = found[found >= 0]
        assert plain[row][: len(found)].tolist() == found.tolist()


def test_the_first_members_alone_get_the_same() -> None:
    crowd = crowds.crowd(120, 200, country=False, seed=4)

    assert (crowds.whole(crowd.part(0, 70)) == crowds.whole(crowd)[:70]).all()
