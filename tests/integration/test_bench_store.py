"""Every question that the product asks its database is answered by an index, on both databases."""

from collections.abc import Callable

from streetwatch.benchmarks.store import facts, measure
from streetwatch.benchmarks.store_rows import fill, filled
from streetwatch.service.store.sql_store import open_store

ROWS = 10_000


def test_no_question_reads_a_table_from_end_to_end(new_database: Callable[..., str]) -> None:
    store = open_store(new_database())
    fill(store.engine, ROWS, on_rows=lambda _: None)
    assert filled(store.engine) == ROWS
    lines = [figure.line() for figure in measure(store, ROWS, times=1)]
    assert {line["question"]: line["full_scans"] for line in lines if line["full_scans"]} == {}
    assert [line["question"] for line in lines if not line["indexes"]] == []
    assert len(lines) >= 27
    assert facts(store)["database"].startswith(store.engine.dialect.name)
    store.close()
