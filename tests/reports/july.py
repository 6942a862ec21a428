"""A month of talks, as it is drawn: a round, then talks stall, and another round is set."""

from __future__ import annotations

from diplostate.talks.events import Held, Scheduled, Stalled
from diplostate.testing.scenario import answered, proposed, told

ROUND = (
    proposed("2025-07-01", "UKR", "RUS"),
    answered("2025-07-05", "RUS", "accepted"),
    told(Scheduled, "2025-07-08", on="2025-07-12", round=1),
    told(Held, "2025-07-12", until="2025-07-14", round=1),
)
JULY = (*ROUND, told(Stalled, "2025-07-20", reason="suspended"), told(Scheduled, "2025-07-24", on="2025-08-02/2025-08-04"))
