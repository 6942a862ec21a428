"""What forecasts need beyond the core: numpy, which the extra ``simulation`` brings."""

from __future__ import annotations

from functools import cache
from typing import Any

from diplostate.errors import MissingExtra


@cache
def numpy() -> Any:  # noqa: ANN401  # numpy is an extra, and its types with it
    """The module numpy; raises `MissingExtra`."""
    try:
        import numpy as np
    except ImportError as error:
        raise MissingExtra(package="numpy", extra="simulation") from error
    return np
