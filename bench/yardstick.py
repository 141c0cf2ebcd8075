"""The two yardsticks: what one primary-key SELECT and one committed INSERT cost behind the same server and pool."""

import os
from typing import Any

from flask import Flask
from sqlalchemy import text

from partnerflow.store.database import create_database_engine

SELECT = text("SELECT words FROM bench_row WHERE id = :id")
INSERT = text("INSERT INTO bench_row (words) VALUES (:words) RETURNING id")


def create_app() -> Flask:
    app = Flask("yardstick")
    engine = create_database_engine(
        os.environ["DATABASE_URL"], pool_size=int(os.environ["DATABASE_POOL_SIZE"])
    )

    @app.get("/select/<int:row>")
    def select(row: int) -> dict[str, Any]:
        with engine.connect() as connection:
            return {"words": connection.execute(SELECT, {"id": row}).scalar_one()}

    @app.post("/insert")
    def insert() -> tuple[dict[str, Any], int]:
        with engine.begin() as connection:
            return {"id": connection.execute(INSERT, {"words": "w" * 200}).scalar_one()}, 201

    return app
