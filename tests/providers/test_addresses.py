"""Where providers may be: one's own network, yes; the cloud's metadata and the link, never, in no writing."""

import pytest

from conversations.providers import addresses, http, pools
from conversations.providers.base import Clocks, Endpoint, FaultCode, ProviderError


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.0.1",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[::ffff:0:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::a9fe:a9fe]",
        "[::a9fe:a9fe]",
        "[2001:0:4136:e378:8000:63bf:5601:5601]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "[fd00:ec2::254%eth0]",
        "[fd20:ce::254]",
        "[fd00:42::42]",
        "[fe80::1%25eth0]",
        "100.100.100.200",
        "168.63.129.16",
        "[::ffff:168.63.129.16]",
        "0.0.0.0",  # noqa: S104
        "[::]",
        "224.0.0.1",
        "255.255.255.255",
        "2852039166",
        "0xa9fea9fe",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "metadata.google.internal",
        "METADATA.google.internal.",
    ],
)
def test_the_clouds_and_nobodys_addresses_are_never_called(host: str) -> None:
    assert addresses.is_forbidden(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "10.0.0.7", "192.168.1.9", "100.64.0.1", "localhost", "vllm", "llm.lan"]
)
def test_a_server_on_ones_own_network_may_be_called_without_tls(host: str) -> None:
    assert not addresses.is_forbidden(host)
    assert addresses.is_local(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "llm.example.org", "[2606:4700::1]", "::ffff:8.8.8.8"])
def test_the_internet_wants_tls(host: str) -> None:
    assert not addresses.is_forbidden(host)
    assert not addresses.is_local(host)


async def test_a_name_is_judged_by_the_addresses_it_has_when_it_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolver = addresses.GuardedResolver()
    leads_to = ["169.254.169.254", "fd00:ec2::254%2"]

    async def rebound(host: str, port: int = 0, family: int = 0) -> list[dict[str, object]]:
        return [{"hostname": host, "host": one, "port": port} for one in leads_to]

    monkeypatch.setattr(resolver._inner, "resolve", rebound)

    with pytest.raises(addresses.ForbiddenAddress):
        await resolver.resolve("llm.example.org", 80)


async def test_an_endpoint_there_is_refused_before_anything_is_sent() -> None:
    endpoint = Endpoint(name="Scripted", base_url="http://169.254.169.254/v1", api_key="sk-canary")

    with pytest.raises(ProviderError) as told:
        await http.check(endpoint, Clocks(), "/models")

    assert told.value.code is FaultCode.UNREACHABLE
    await pools.close_all()
