"""Postgres, Valkey and Node for a machine that has none: found in our virtualenv, run with our own flags."""


class EmbeddedFault(Exception):
    """The embedded servers cannot run here; the message says why and what to do, in one line."""
