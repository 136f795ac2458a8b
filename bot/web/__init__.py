"""Front doors: webhooks, browser chat, public pages, health. The FastAPI application and its life cycle."""
