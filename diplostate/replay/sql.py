"""The fold in SQL, generated from the step and the table: for DuckDB and Spark as a query, for PostgreSQL as an aggregate."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date

import attrs

from diplostate.replay import step as steps
from diplostate.replay.step import ALL, BY, NEVER, START, STATE
from diplostate.replay.table import PHASES, compiled
from diplostate.replay.translate import READ, Dialect, effects, source, statements, written

_HEADS: Mapping[str, str] = {
    "duckdb": """\
-- The status of every track, from a folder of columns (diplostate export --format parquet --output columns).
-- Before it: CREATE VIEW events AS FROM 'columns/events.parquet'; CREATE VIEW tracks AS FROM 'columns/tracks.parquet';
-- For what is reported, not official, write reported for official. DuckDB 2.0 or newer.
""",
    "spark": """\
-- The status of every track, from a folder of columns (diplostate export --format parquet --output columns).
-- Before it: CREATE TEMPORARY VIEW events USING parquet OPTIONS (path 'columns/events.parquet'), and tracks in the same way.
-- For what is reported, not official, write reported for official.
""",
    "postgres": """\
-- SELECT track, (told).* FROM (
--   SELECT track, diplostate_status(official, day ORDER BY place) AS told FROM events WHERE until IS NULL GROUP BY track
-- ) AS found;
-- With OVER (PARTITION BY track ORDER BY place) in the place of ORDER BY place and GROUP BY: the status after each event.
-- The parties are bits: diplostate_parties((told).awaiting, parties) names them; parties is a column of the table of tracks.
""",
}
"""How to use what follows."""
NAMED = {"awaiting": 0, "accepted": 16, "declined": 32}
"""The columns of a status that name parties, and where in a proposal their bits begin."""


@attrs.frozen(kw_only=True)
class Engine:
    """How an engine writes what SQL leaves to it."""

    dialect: Dialect
    number: str
    """The type of a whole number of 64 bits."""
    days: str
    """A date as days from 1970-01-01."""
    rows: str
    """The rows of a track as a list in their order, each with what is read of it."""
    fold: str
    """A list folded: from a first state, by what becomes of ``state`` on ``event``."""
    state: str
    """Several values together."""
    part: str
    """One of them, with its name."""
    picked: str
    """The codes of the parties whose bits are set, with a space between."""
    to_date: str
    to_phase: str

    def together(self, values: Mapping[str, str]) -> str:
        """Several values as one, each by its name."""
        return self.state.format(", ".join(self.part.format(name=name, value=value) for name, value in values.items()))


DUCKDB = Engine(
    dialect=Dialect(name=lambda name: f"{'state' if name in STATE else 'event'}.{name}"),
    number="BIGINT",
    days="(day - DATE '1970-01-01')",
    rows="list({} ORDER BY place)",
    fold="list_reduce({rows}, lambda state, event: {after}, {start})",
    state="{{{}}}",
    part="'{name}': {value}",
    picked="array_to_string(list_filter(string_split(parties, ' '), lambda code, n: ({} >> (n - 1)) & 1 = 1), ' ')",
    to_date="DATE '1970-01-01' + {}::INTEGER",
    to_phase="[{}][{} + 1]",
)
SPARK = Engine(
    dialect=Dialect(
        name=lambda name: f"{'state' if name in STATE else 'event'}.{name}",
        left="shiftleft({}, CAST({} AS INT))",
        right="shiftright({}, CAST({} AS INT))",
    ),
    number="BIGINT",
    days="unix_date(day)",
    rows="array_sort(collect_list(struct(place, {})))",
    fold="aggregate({rows}, {start}, (state, event) -> {after})",
    state="struct({})",
    part="{value} AS {name}",
    picked="array_join(filter(split(parties, ' '), (code, n) -> shiftright({}, n) & 1 = 1), ' ')",
    to_date="date_from_unix_date(CAST({} AS INT))",
    to_phase="element_at(array({}), CAST({} + 1 AS INT))",
)
ENGINES: Mapping[str, Engine] = {"duckdb": DUCKDB, "spark": SPARK}
"""The engines that fold by a query."""


def script(name: str) -> str:
    """The machine in the SQL of ``duckdb``, ``spark`` or ``postgres``, with what is to be known of its use in front."""
    head = f"-- Made from the machine of diplostate by: diplostate machine --format {name}\n"
    return head + _HEADS[name] + (postgres() if name == "postgres" else f"{query(name)};\n")


def query(name: str, *, evidence: str = "official", as_of: date | None = None) -> str:
    """The query that gives the status of every track from the tables ``events`` and ``tracks``, in words, ordered by track.

    ``evidence`` is the column of symbols; ``as_of`` leaves out what happened later. Tracks that no engine folds are left out.
    """
    engine = ENGINES[name]
    return f"""WITH read AS (
  SELECT track, place, {_read(engine, evidence)}
  FROM events
  WHERE {evidence} IS NOT NULL AND {_visible(as_of)}
), folded AS (
  SELECT track, {folding(name)} AS state
  FROM read
  GROUP BY track
), numbers AS (
  SELECT tracks.track, parties, {_numbers()}
  FROM tracks LEFT JOIN folded ON folded.track = tracks.track
  WHERE unfolded IS NULL
)
SELECT track,
  {_words(engine)}
FROM numbers
ORDER BY track"""  # noqa: S608  # made of names and numbers of this module alone


def folding(name: str) -> str:
    """The aggregate that folds the rows of a track, each with ``place``, `READ` and ``day``."""
    engine = ENGINES[name]
    row = engine.together({column: column for column in (*READ, "day")})
    rows = engine.rows.format(row if name == "duckdb" else ", ".join((*READ, "day")))
    return engine.fold.format(rows=rows, start=_start(engine), after=_after(engine))


def _start(engine: Engine) -> str:
    return engine.together({part: f"CAST({value} AS {engine.number})" for part, value in zip(STATE, START, strict=True)})


def _after(engine: Engine) -> str:
    return engine.together({part: f"CAST({_part(engine, part)} AS {engine.number})" for part in STATE})


def _part(engine: Engine, part: str) -> str:
    """What becomes of a part of the state, by the kind of the symbol; kinds that do the same stand together."""
    kinds: dict[str, list[int]] = {}
    for kind, value in effects()[part].items():
        kinds.setdefault(written(value, engine.dialect), []).append(kind)
    cases = "\n    ".join(
        f"WHEN event.kind IN ({', '.join(str(int(kind)) for kind in found)}) THEN {value}" for value, found in kinds.items()
    )
    return f"\n    CASE {cases}\n    ELSE state.{part} END"


def _read(engine: Engine, evidence: str) -> str:
    """What is read of a symbol, as columns."""
    symbol = Dialect(
        name=lambda _: f"CAST({evidence} AS {engine.number})", left=engine.dialect.left, right=engine.dialect.right
    )
    known: dict[str, str] = {}
    for line in source().body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) and line.targets[0].id in READ:
            known[line.targets[0].id] = written(line.value, symbol)
    known["flag"] = engine.dialect.left.format(f"CAST(1 AS {engine.number})", known["party"])
    found = [f"{value} AS {name}" for name, value in known.items()]
    return ", ".join([*found, f"CAST({engine.days} AS {engine.number}) AS day"])


def _visible(as_of: date | None) -> str:
    if as_of is None:
        return "until IS NULL"
    day = f"DATE '{as_of.isoformat()}'"
    return f"coalesce(appears, day) <= {day} AND (until IS NULL OR until > {day})"


def _numbers() -> str:
    return ", ".join(
        f"coalesce(state.{part}, {value}) AS {part}" for part, value in zip(STATE, START, strict=True) if part != "leak"
    )


def _words(engine: Engine) -> str:
    shift = engine.dialect.right.format
    named = {name: engine.picked.format(f"({shift('proposal', bits)} & {ALL})") for name, bits in NAMED.items()}
    phases = ", ".join(f"'{phase}'" for phase in PHASES)
    proposer = engine.picked.format(engine.dialect.left.format("CAST(1 AS BIGINT)", f"({shift('proposal', BY)} & 15)"))
    columns = {
        "phase": engine.to_phase.format(phases, "phase"),
        "since": f"CASE WHEN since <> {NEVER} THEN {engine.to_date.format('since')} END",
        "awaiting": f"nullif({named['awaiting']}, '')",
        "asked": f"CASE WHEN (proposal & {ALL}) <> 0 THEN {engine.to_date.format('asked')} END",
        "proposer": f"CASE WHEN proposal <> 0 THEN {proposer} END",
        "counter": f"{shift('proposal', BY + 4)} > 0",
        "accepted": f"nullif({named['accepted']}, '')",
        "declined": f"nullif({named['declined']}, '')",
        "rounds": "CAST(rounds AS INTEGER)",
        "anomalies": "CAST(anomalies AS INTEGER)",
    }
    return ",\n  ".join(f"{value} AS {name}" for name, value in columns.items())


# PostgreSQL: the step as a function, statement by statement.


def postgres() -> str:
    """The aggregate ``diplostate_status(symbol, day)`` for PostgreSQL, with its types and functions, as a script.

    ``OVER`` a window in the order of ``place`` it gives the status after each event. It has no way to combine two states: a
    fold goes on from where it is, and two halves of a track cannot be put together.
    """
    dialect = Dialect(name=_in_postgres, left="({} << ({})::int)", right="({} >> ({})::int)")
    own = sorted({name.id for name in ast.walk(source()) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)})
    return _POSTGRES.format(
        fields=", ".join(f"{part} bigint" for part in STATE),
        start=",".join(map(str, START)),
        declared="\n".join(f"  {name} bigint;" for name in own if name not in STATE),
        taken="\n".join(f"  {part} bigint := state.{part};" for part in STATE),
        lines=", ".join(map(str, compiled())),
        body="\n".join(statements(dialect)),
        state=", ".join(STATE),
        phases=", ".join(f"'{phase}'" for phase in PHASES),
        never=NEVER,
        by=BY,
        counter=BY + 4,
    )


def _in_postgres(name: str) -> str:
    """Names of the step as they are, but for its constants."""
    if name == "lines":
        return "lines[{} + 1]"
    return str(getattr(steps, name)) if name.isupper() else name


_POSTGRES = """\
CREATE TYPE diplostate_state AS ({fields});

CREATE TYPE diplostate_told AS (
  phase text, since date, asked date, awaiting bigint, proposer bigint, counter boolean,
  accepted bigint, declined bigint, rounds bigint, anomalies bigint
);

CREATE FUNCTION diplostate_step(state diplostate_state, given integer, occurred date) RETURNS diplostate_state
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $step$
DECLARE
  lines CONSTANT bigint[] := ARRAY[{lines}];
  symbol CONSTANT bigint := given;
  day CONSTANT bigint := occurred - DATE '1970-01-01';
{taken}
{declared}
BEGIN
  IF given IS NULL THEN  -- a track that has to be folded event by event
    RETURN NULL;
  END IF;
{body}
  RETURN ROW({state});
END
$step$;

CREATE FUNCTION diplostate_tell(state diplostate_state) RETURNS diplostate_told
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $tell$
  SELECT ROW(
    (ARRAY[{phases}])[state.phase + 1],
    CASE WHEN state.since <> {never} THEN DATE '1970-01-01' + state.since::int END,
    CASE WHEN state.proposal & 65535 <> 0 THEN DATE '1970-01-01' + state.asked::int END,
    state.proposal & 65535,
    CASE WHEN state.proposal <> 0 THEN 1::bigint << (state.proposal >> {by} & 15)::int ELSE 0 END,
    state.proposal >> {counter} > 0,
    state.proposal >> 16 & 65535,
    state.proposal >> 32 & 65535,
    state.rounds,
    state.anomalies
  )::diplostate_told WHERE state.phase IS NOT NULL
$tell$;

CREATE FUNCTION diplostate_parties(bits bigint, parties text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $parties$
  SELECT string_agg(code, ' ' ORDER BY n)
  FROM unnest(string_to_array(parties, ' ')) WITH ORDINALITY AS found (code, n)
  WHERE bits >> (n - 1)::int & 1 = 1
$parties$;

CREATE AGGREGATE diplostate_status(integer, date) (
  SFUNC = diplostate_step, STYPE = diplostate_state, INITCOND = '({start})', FINALFUNC = diplostate_tell
);
"""
