"""What the command logs: structured lines on stderr, for those who ask for them with ``-v``."""

from __future__ import annotations

import logging
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import structlog

_LEVELS = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}
_state = {"verbosity": 0}


def configure(verbosity: int) -> None:
    """How much to tell: -1 nothing but errors, 0 the usual, 1 what is done, 2 everything."""
    _state["verbosity"] = verbosity
    _logger.cache_clear()


def verbosity() -> int:
    """What was configured."""
    return _state["verbosity"]


def info(event: str, **facts: object) -> None:
    """Log what was done."""
    _log(logging.INFO, event, facts)


def _log(level: int, event: str, facts: dict[str, object]) -> None:
    if level < _LEVELS.get(verbosity(), logging.DEBUG):
        return
    _logger().log(level, event, **facts)


@cache
def _logger() -> structlog.typing.FilteringBoundLogger:
    """structlog costs more than all the rest of the command to import: only those who read the log pay for it."""
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
