"""Metrics App: converts units over HTTP, and says in numbers how it is doing."""
