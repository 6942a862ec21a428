"""A PostgreSQL ledger of its own for each test, on every server that there is."""

from __future__ import annotations

import pytest
from support import require
from support_postgres import NAMES, ledger_on, url_for


@pytest.fixture(params=NAMES)
def server(request):
    require("postgres")
    return request.param


@pytest.fixture
def url(server, tmp_path):
    return url_for(server, tmp_path)


@pytest.fixture
def ledger(server, tmp_path):
    with ledger_on(server, tmp_path) as opened:
        yield opened
