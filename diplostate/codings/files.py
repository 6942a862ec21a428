"""Files of coded events as lines of text: plain, gzipped or zipped, each line with its number."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from diplostate.errors import Fault, InvalidLog, LedgerError

MOST_FAULTS = 20
"""Faults that are told of one file; the rest is counted."""
_ENCRYPTED = 0x1
"""The flag of an encrypted file in a zip archive."""


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """The text of a file; raises `InvalidLog` where it is damaged, and `LedgerError` where it cannot be had.

    A zip archive must hold one file. The text is UTF-8, with or without a byte order mark.
    """
    try:
        with _bytes(path) as stream:
            yield io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    except UnicodeDecodeError:
        raise InvalidLog(_not_utf8(path)) from None


@contextmanager
def _bytes(path: Path) -> Iterator[IO[bytes]]:
    try:
        with _unpacked(path) as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise InvalidLog([Fault(f"is damaged ({error}): fetch it again", file=path.name)]) from None
    except OSError as error:
        raise LedgerError(f"{path} cannot be read ({error.strerror}): check the path") from error


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    if path.suffix == ".gz":
        with gzip.open(path) as unpacked:
            yield cast("IO[bytes]", unpacked)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(_only(path, archive)) as stream:
            yield stream
    else:
        with path.open("rb") as stream:
            yield stream


def _only(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one file of an archive; raises `InvalidLog` where there is not one, or where it cannot be unpacked."""
    found = [info for info in archive.infolist() if not info.is_dir()]
    if len(found) != 1:
        problem = f"holds {len(found)} files, and one is expected"
    elif found[0].flag_bits & _ENCRYPTED:
        problem = "is encrypted"
    elif found[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        problem = "is packed by another method than deflate"
    else:
        return found[0]
    raise InvalidLog([Fault(f"{problem}: unpack it, and name the file", file=path.name)])


def _not_utf8(path: Path) -> list[Fault]:
    """The lines of a file that are not UTF-8."""
    faults = []
    with _bytes(path) as stream:
        for number, line in enumerate(stream, 1):
            if number == 1 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return [Fault("is UTF-16: convert the file, as with iconv -f utf-16 -t utf-8", file=path.name)]
            try:
                line.decode()
            except UnicodeDecodeError as error:
                faults.append(
                    Fault(
                        "is not UTF-8: convert the file, as with iconv -f latin1 -t utf-8",
                        file=path.name,
                        line=number,
                        column=error.start + 1,
                    )
                )
    return shortened(faults)


def shortened(faults: list[Fault]) -> list[Fault]:
    """The first faults of a file, and how many more there are."""
    more = len(faults) - MOST_FAULTS
    if more <= 0:
        return faults
    return [*faults[:MOST_FAULTS], Fault(f"and {more} more lines with faults", file=faults[0].file)]
