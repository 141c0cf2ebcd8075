"""The web process's own pool, kept by Flask-SQLAlchemy. Its sessions are not used: a transaction names its reader."""

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from partnerflow.store.database import driver_url, engine_options, watch
from partnerflow.store.tables import METADATA

db = SQLAlchemy(metadata=METADATA)


def register_database(app: Flask, url: str, pool_size: int) -> None:
    """Make the engine of this process, ``app.extensions["engine"]``; it connects at first use."""
    app.config["SQLALCHEMY_DATABASE_URI"] = driver_url(url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(pool_size, "partnerflow-web")
    db.init_app(app)
    with app.app_context():
        watch(db.engine)
        app.extensions["engine"] = db.engine
