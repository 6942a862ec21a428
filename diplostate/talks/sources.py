"""Who said it and how: sources, their attribution and grade, and the evidence that a fold asks for."""

from __future__ import annotations

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.talks.dates import Edtf, as_edtf
from diplostate.talks.words import Word


class Attribution(Word):
    """How a source stands to what it tells."""

    OFFICIAL = "official"
    """An authorised representative, on the record."""
    STATE_MEDIA = "state_media"
    """A medium that a state owns or steers."""
    MEDIA = "media"
    """Any other medium, in its own name."""
    ANONYMOUS = "anonymous"
    """A medium that cites unnamed sources."""
    INFERRED = "inferred"
    """A coder, a rule or a program."""


class Standing(Word):
    """What the sources make of an event."""

    OFFICIAL = "official"
    REPORTED = "reported"


def _optional_edtf(value: Edtf | str | None) -> Edtf | None:
    return None if value is None else as_edtf(value)


@attrs.frozen(kw_only=True)
class Source:
    """One source of an event.

    ``speaks_for`` is the code of the party in whose name the source speaks. ``reliability`` (A to F, of the source) and
    ``credibility`` (1 to 6, of the information) are the two parts of an Admiralty grade (NATO AJP-2.1), judged apart; F and
    6 mean "cannot be judged".
    """

    attribution: Attribution = attrs.field(converter=Attribution)
    outlet: str | None = None
    speaker: str | None = None
    speaks_for: str | None = None
    url: str | None = None
    published: Edtf | None = attrs.field(default=None, converter=_optional_edtf)
    reliability: str | None = None
    credibility: int | None = None
    note: str | None = None

    @property
    def is_official(self) -> bool:
        """Whether an authorised representative said it, on the record."""
        return self.attribution is Attribution.OFFICIAL


@attrs.frozen
class Evidence:
    """What an event must rest on to count in a fold.

    ``official``: official standing. ``reported``: anything. A grade such as ``B2``: official standing, or one source of at
    least this reliability and credibility.
    """

    name: str
    reliability: str | None = None
    credibility: int | None = None

    @classmethod
    def parse(cls, text: str | Evidence) -> Evidence:
        """Read ``official``, ``reported`` or a grade from A1 to E5; raises `Invalid` for anything else."""
        if isinstance(text, Evidence):
            return text
        if text in _NAMED:
            return _NAMED[text]
        if len(text) == 2 and text[0] in "ABCDE" and text[1] in "12345":
            return cls(text, text[0], int(text[1]))
        raise Invalid(
            [Fault(f"{text!r} is no evidence: write official, reported, or a grade from A1 to E5 (F and 6 reach nothing)")]
        )

    def admits(self, standing: Standing, sources: tuple[Source, ...]) -> bool:
        """Whether an event of this standing, told by these sources, counts."""
        if self.name == "reported" or standing is Standing.OFFICIAL:
            return True
        return self.reliability is not None and any(map(self._reached_by, sources))

    def _reached_by(self, source: Source) -> bool:
        return (
            self.reliability is not None
            and self.credibility is not None
            and source.reliability is not None
            and source.credibility is not None
            and source.reliability <= self.reliability
            and source.credibility <= self.credibility
        )

    def __str__(self) -> str:
        return self.name


OFFICIAL = Evidence("official")
REPORTED = Evidence("reported")
_NAMED = {evidence.name: evidence for evidence in (OFFICIAL, REPORTED)}
