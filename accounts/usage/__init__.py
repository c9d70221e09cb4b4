"""Reads of what was spent, for people's eyes. Nothing here decides about money: the counters do."""
