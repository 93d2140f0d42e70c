"""The hub over ASGI: live, api, ingest, login, static files."""
