"""The web application: composition root of everything HTTP."""

from flask import Flask


def create_app() -> Flask:
    """Make the application; granian calls this once per process."""
    app = Flask(__name__)

    @app.get("/healthz")
    @app.get("/readyz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app
