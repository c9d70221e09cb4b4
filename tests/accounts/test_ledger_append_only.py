"""The database itself refuses to change what was booked."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import audit, ledger
from tests.accounts import books

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rows() -> None:
    generation_id, _ = books.hold(books.person("alice"))
    ledger.settle(generation_id=generation_id, charges=[books.charge("0.01")])
    audit.record(actor=None, action="test", target="nothing", before={}, after={})


@pytest.mark.parametrize("table", ["accounts_ledgerentry", "accounts_posting", "accounts_auditentry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_a_booked_row_can_be_neither_changed_nor_deleted(table: str, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match=f"{table} is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
