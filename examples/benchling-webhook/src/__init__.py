"""Receives webhooks from Benchling, checks them, and hands them to a queue."""
