"""The parts that run on this machine, each on its own."""

import asyncio
import smtplib
from email.message import EmailMessage

import httpx
import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import InternalError

from api.embedded.mail import MailSink, messages
from api.embedded.upstream import UpstreamDouble
from partnerflow.store.database import reading, unit_of_work
from tests.support.fresh import Database, Namespace, fresh_namespace


def test_the_runtime_role_is_no_superuser_passes_no_policy_and_has_no_ddl(database: Database) -> None:
    with psycopg.connect(database.app_url) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        assert rights == (False, False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")


def test_the_runtime_role_cannot_even_make_a_temporary_table(database: Database) -> None:
    with psycopg.connect(database.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TEMP TABLE mine (id int)")


def test_a_unit_of_work_sees_its_organisation_and_forgets_it_at_the_end(engine: Engine) -> None:
    with unit_of_work(engine, org="harbour") as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        assert session.scalar(text("SELECT current_setting('pf.org')")) == "harbour"
        assert session.scalar(text("SELECT current_setting('lock_timeout')")) == "2s"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == pid
        assert connection.scalar(text("SELECT current_setting('pf.org', true)")) == ""


def test_who_reads_may_pause_longer_than_who_decides(engine: Engine) -> None:
    pause = text("SELECT current_setting('idle_in_transaction_session_timeout')")
    with reading(engine, "harbour") as session:
        assert session.scalar(pause) == "30s"
    with unit_of_work(engine) as session:
        assert session.scalar(pause) == "5s"


def test_a_reading_transaction_writes_nothing(engine: Engine, database: Database) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE scratch (id int)")
        owner.execute("GRANT INSERT ON scratch TO partnerflow_app")
    with pytest.raises(InternalError, match="read-only"), reading(engine, "harbour") as session:
        session.execute(text("INSERT INTO scratch VALUES (1)"))


def test_a_connection_the_server_has_closed_is_replaced_before_anybody_uses_it(
    engine: Engine, database: Database
) -> None:
    with unit_of_work(engine) as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    with unit_of_work(engine) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != pid


def test_the_same_workflow_id_means_two_things_in_two_tests(temporal: Namespace) -> None:
    other = fresh_namespace()
    runs = [asyncio.run(_start_something(namespace)) for namespace in (temporal, other)]
    assert len(set(runs)) == 2


async def _start_something(namespace: Namespace) -> str:
    client = await namespace.connect()
    handle = await client.start_workflow("Anything", id="same-id", task_queue="nobody")
    return str(handle.first_execution_run_id)


def test_a_message_is_filed_with_the_addresses_of_its_envelope(mail: MailSink) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@example.net", "a@example.net", "Grüße"
    message.set_content("Wörter\n.\n..")
    with smtplib.SMTP("127.0.0.1", mail.port) as sender:
        sender.send_message(message, to_addrs=["a@example.net", "b@example.net"])
    (filed,) = messages(mail.directory)
    assert filed["Subject"] == "Grüße"
    assert filed.get_all("Delivered-To") == ["a@example.net", "b@example.net"]
    assert filed.get_content() == "Wörter\n.\n..\n"


def test_the_upstream_double_accepts_once_and_takes_back(upstream: UpstreamDouble) -> None:
    address = f"{upstream.url}/cancellations/PF-2027-000001-1"
    assert httpx.put(address, json={"lines": 1}).json()["state"] == "cancelled"
    assert httpx.put(address, json={"lines": 2}).json()["request"] == {"lines": 1}
    assert httpx.delete(address).json()["state"] == "withdrawn"
    assert httpx.get(address).json()["state"] == "withdrawn"
    assert httpx.put(f"{upstream.url}/cancellations/../etc").status_code == 404
    assert httpx.put(address, content=b"{").status_code == 400


def test_no_test_leaves_this_machine() -> None:
    with pytest.raises(ConnectionRefusedError, match="tried to reach"):
        smtplib.SMTP("192.0.2.1", 25, timeout=1)
