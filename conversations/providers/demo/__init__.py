"""Our own small OpenAI-compatible server: the demo of a first start, and the provider of tests and benchmarks.

Started by `python -m conversations.providers.demo`, or inside a test as `async with DemoServer(...)`.
"""

from conversations.providers.demo.server import DemoServer

__all__ = ["DemoServer"]
