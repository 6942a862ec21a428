"""An open record of diplomatic talks: event logs with sources, and the status that follows from them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diplostate._version import __version__ as __version__
    from diplostate.errors import DiplostateError as DiplostateError
    from diplostate.errors import NotAllowed as NotAllowed
    from diplostate.errors import VersionConflict as VersionConflict
    from diplostate.ledger.ask import history as history
    from diplostate.ledger.ask import status as status
    from diplostate.ledger.ask import statuses as statuses
    from diplostate.ledger.branch import Branch as Branch
    from diplostate.ledger.protocol import Ledger as Ledger
    from diplostate.simulation.play import Play as Play
    from diplostate.simulation.play import play as play
    from diplostate.talks.dates import Edtf as Edtf
    from diplostate.talks.events import Concluded as Concluded
    from diplostate.talks.events import Described as Described
    from diplostate.talks.events import Event as Event
    from diplostate.talks.events import Held as Held
    from diplostate.talks.events import Link as Link
    from diplostate.talks.events import Noted as Noted
    from diplostate.talks.events import Party as Party
    from diplostate.talks.events import Proposed as Proposed
    from diplostate.talks.events import Responded as Responded
    from diplostate.talks.events import Retracted as Retracted
    from diplostate.talks.events import Scheduled as Scheduled
    from diplostate.talks.events import Stalled as Stalled
    from diplostate.talks.fold import reduce as reduce
    from diplostate.talks.machine import Phase as Phase
    from diplostate.talks.sources import Attribution as Attribution
    from diplostate.talks.sources import Source as Source
    from diplostate.talks.status import Status as Status
    from diplostate.wiring import open as open  # noqa: A004  # only ever used as diplostate.open

_HOMES = {
    "Attribution": "talks.sources",
    "Branch": "ledger.branch",
    "Concluded": "talks.events",
    "Described": "talks.events",
    "DiplostateError": "errors",
    "Edtf": "talks.dates",
    "Event": "talks.events",
    "Held": "talks.events",
    "Ledger": "ledger.protocol",
    "Link": "talks.events",
    "NotAllowed": "errors",
    "Noted": "talks.events",
    "Party": "talks.events",
    "Phase": "talks.machine",
    "Play": "simulation.play",
    "Proposed": "talks.events",
    "Responded": "talks.events",
    "Retracted": "talks.events",
    "Scheduled": "talks.events",
    "Source": "talks.sources",
    "Stalled": "talks.events",
    "Status": "talks.status",
    "VersionConflict": "errors",
    "__version__": "_version",
    "history": "ledger.ask",
    "open": "wiring",
    "play": "simulation.play",
    "reduce": "talks.fold",
    "status": "ledger.ask",
    "statuses": "ledger.ask",
}
"""Where each public name lives; it is imported when it is first asked for, so that importing the package costs nothing."""

__all__ = [
    "Attribution",
    "Branch",
    "Concluded",
    "Described",
    "DiplostateError",
    "Edtf",
    "Event",
    "Held",
    "Ledger",
    "Link",
    "NotAllowed",
    "Noted",
    "Party",
    "Phase",
    "Play",
    "Proposed",
    "Responded",
    "Retracted",
    "Scheduled",
    "Source",
    "Stalled",
    "Status",
    "VersionConflict",
    "history",
    "open",
    "play",
    "reduce",
    "status",
    "statuses",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
