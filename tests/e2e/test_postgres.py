"""The real service on PostgreSQL, killed and started again."""

import json

import httpx

from databases import PostgresServer
from filed import a_message
from live_service import Service, wait_for
from streetwatch.service.delivery.case_json import case_json

IDLE = '{"cameras": [{"id": "gate", "source": {"kind": "rtsp", "url": "rtsp://127.0.0.1:9/x"}}]}'


def test_a_case_on_postgresql_outlives_the_service(
    service: Service, postgres: PostgresServer
) -> None:
    (service.folder / "cameras.yaml").write_text(IDLE)
    with postgres.database() as address:
        service.start(STREETWATCH_DATABASE=address)
        filed = httpx.post(
            service.url + "/desk/cases",
            content=json.dumps(case_json(a_message().case)),
            headers={"Idempotency-Key": "key-of-the-case", "Content-Type": "application/json"},
        )
        assert filed.status_code == 201
        service.kill()
        service.start(STREETWATCH_DATABASE=address)
        assert wait_for("case", service.cases)[0]["number"] == filed.json()["number"]
        assert service.stop() == 0
    assert not (service.folder / "data" / "streetwatch.db").exists()
    assert "postgres@" not in service.log[0].read_text()
