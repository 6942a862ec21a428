"""Each test of this room begins without what earlier ones left in memory."""

from __future__ import annotations

import pytest

from diplostate.talks import dates, shape


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Else a mutant would be spared by what was parsed and judged before it."""
    dates._parse.cache_clear()
    shape._SOUND.clear()
