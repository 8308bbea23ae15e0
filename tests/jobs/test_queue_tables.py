"""Processes of the product that start together on an empty PostgreSQL all get their queue."""

import threading
from types import SimpleNamespace

from crm.jobs import jobs
from tests import databases

TOGETHER, ROUNDS = 8, 6


def test_all_that_start_at_once_get_it():
    server, failed, made = databases.server(), [], []
    for number in range(ROUNDS):
        name = f"queue_{number}"
        server.drop(name)
        url, ready = server.create(name), threading.Barrier(TOGETHER)

        def start(url=url, ready=ready):
            ready.wait(20)
            try:
                made.append(jobs.make_queue(SimpleNamespace(config={"SQLALCHEMY_DATABASE_URI": url})))
            except Exception as error:
                failed.append(error)

        starters = [threading.Thread(target=start) for _one in range(TOGETHER)]
        for one in starters:
            one.start()
        for one in starters:
            one.join(60)
        server.drop(name)
    assert failed == []
    assert len(made) == TOGETHER * ROUNDS
