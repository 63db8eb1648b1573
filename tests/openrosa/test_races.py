"""Many phones at once, and a service that dies in the middle. T27 to T30 of the conformance list."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from mapping_service.postgres import ensure_cluster, stop_cluster
from spatial_sql.apply import upgrade
from tests.conftest import throwaway_config, throwaway_folder
from tests.openrosa.collect import BOUNDARY, Collect, exchange, multipart
from tests.openrosa.conftest import Town, make_town
from tests.openrosa.filled import filled, new_id
from tests.openrosa.service import Service, running

PHONES = 50


def post_all(phone: Collect, bodies: Sequence[bytes]) -> list[int]:
    """Send all at once; their statuses."""
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    with ThreadPoolExecutor(len(bodies)) as pool:
        sent = pool.map(lambda body: exchange("POST", phone.url("submission"), body, headers).status, bodies)
        return list(sent)


def test_50_identical_posts_at_once_are_one_form(town: Town) -> None:
    """T27."""
    body = multipart(filled(new_id(), files=["one.jpg"]), [("one.jpg", b"photo")])
    assert set(post_all(town.phone, [body] * PHONES)) <= {201, 202}
    tables = ("instance", "submission", "arrival", "attachment", "inbox")
    assert [town.count(table) for table in tables] == [1, 1, 1, 1, 2]


def test_50_different_files_of_one_form_at_once_are_all_kept(town: Town) -> None:
    """T28."""
    files = {f"{number}.jpg": b"photo %d" % number for number in range(PHONES)}
    xml = filled(new_id(), files=list(files))
    bodies = [multipart(xml, [file], incomplete=True) for file in files.items()]
    assert set(post_all(town.phone, bodies)) <= {201, 202}
    assert town.count("instance") == 1 and town.files() == files


def test_50_different_forms_under_one_id_at_once_have_one_winner(town: Town) -> None:
    own = new_id()
    statuses = post_all(town.phone, [multipart(filled(own, f"Place {number}")) for number in range(PHONES)])
    assert sorted(statuses) == [201] + [409] * (PHONES - 1)
    assert sorted(str(row[2]) for row in town.states()) == ["None"] + ["instance_conflict"] * (PHONES - 1)


def test_20_edits_of_one_form_at_once_have_one_winner(town: Town) -> None:
    one = new_id()
    town.phone.send(filled(one))
    statuses = post_all(town.phone, [multipart(filled(new_id(), str(n), replaces=one)) for n in range(20)])
    assert sorted(statuses) == [201] + [409] * 19
    assert town.states()[0] == (one, "duplicate", "edited")


def test_a_service_killed_before_it_commits_leaves_nothing_and_takes_the_form_again(
    town: Town, service: Service
) -> None:
    """T29: one transaction holds a form and its files, so that there is no between."""
    phone, body = town.phone, multipart(filled(new_id(), files=["one.jpg"]), [("one.jpg", b"photo of T29")])
    engine = create_engine(service.database_url, poolclass=NullPool)
    with throwaway_folder() as folder, running(service.database_url, folder, workers=1) as victim:
        doomed = Collect(phone.server.replace(service.base_url, victim.base_url))
        with engine.connect() as held, ThreadPoolExecutor(1) as pool:
            # The photo's row is somebody else's for now: the victim has written the form and waits for it.
            held.execute(text("INSERT INTO inbox (city_id, sha256, bytes) VALUES (:c, sha256(:b), :b)"),
                         {"c": town.city_id, "b": b"photo of T29"})
            sent = pool.submit(post_all, doomed, [body])
            while not town.ask("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"):
                assert not sent.done()
            victim.kill()
            assert isinstance(sent.exception(), OSError)
            held.rollback()
    while town.ask("SELECT 1 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = "
                   "current_database() AND pid <> pg_backend_pid()"):
        pass
    assert [town.count(table) for table in ("inbox", "submission", "instance", "attachment")] == [0, 0, 0, 0]
    assert post_all(phone, [body]) == [201]
    assert [town.count(table) for table in ("inbox", "submission", "instance", "attachment")] == [2, 1, 1, 1]


def test_without_its_database_the_service_says_so_and_takes_the_form_later() -> None:
    """T30."""
    with throwaway_config() as config, throwaway_folder() as folder:
        url = ensure_cluster(config, durable=False)
        upgrade(url)
        with running(url, folder, workers=1) as web, create_engine(url, poolclass=NullPool).connect() as rows:
            town = make_town(rows, web)
            rows.close()
            first, second = (multipart(filled(new_id())) for _ in range(2))
            assert post_all(town.phone, [first]) == [201]
            stop_cluster(config)
            headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
            answer = exchange("POST", town.phone.url("submission"), second, headers)
            assert (answer.status, answer.headers["retry-after"]) == (503, "60")
            assert "Nothing was accepted" in answer.message and answer.headers["x-openrosa-version"] == "1.0"
            assert exchange("HEAD", town.phone.url("submission")).status == 503
            assert exchange("GET", town.phone.url("formList")).status == 503
            ensure_cluster(config, durable=False)
            assert post_all(town.phone, [second, first]) == [201, 201]
        with create_engine(url, poolclass=NullPool).connect() as after:
            assert after.execute(text("SELECT count(*) FROM instance")).scalar_one() == 2
