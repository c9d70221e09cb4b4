"""Prices as providers list them: read, compared with the price book. Nothing here writes."""
