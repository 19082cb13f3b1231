"""Loopback fakes of the services, with the services' own rules.

Each also runs by itself, for a person or a script that tries the product: `python -m tests.fakes.withings --port 9001`.
"""
