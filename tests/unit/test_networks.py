"""Where hosts may stand."""

import ipaddress

import pytest

from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.service.outbound.outbound import Outbound, OutOfReachError, endpoint_of
from streetwatch.service.outbound.streams import with_host


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("10.0.0.5", id="private"),
        pytest.param("192.168.1.64", id="private too"),
        pytest.param("fd12::5", id="private IPv6"),
        pytest.param("203.0.113.7", id="public"),
        pytest.param("::ffff:10.0.0.5", id="mapped"),
    ],
)
def test_a_camera_may_stand_in_the_citys_network(address: str) -> None:
    assert ANYWHERE.has(ipaddress.ip_address(address))


NOBODYS = [
    pytest.param("169.254.169.254", id="a cloud's secrets"),
    pytest.param("fd00:ec2::254", id="a cloud's secrets, IPv6"),
    pytest.param("100.100.100.200", id="Alibaba's"),
    pytest.param("192.0.0.192", id="Oracle's"),
    pytest.param("fe80::1", id="link-local"),
    pytest.param("::ffff:169.254.169.254", id="mapped"),
    pytest.param("64:ff9b::a9fe:a9fe", id="by NAT64"),
    pytest.param("2002:a9fe:a9fe::1", id="by 6to4"),
    pytest.param("0.0.0.0", id="nobody"),  # noqa: S104 -- looked at, not bound to
    pytest.param("0.0.0.1", id="this network"),
    pytest.param("224.0.0.1", id="multicast"),
    pytest.param("255.255.255.255", id="everybody"),
]


@pytest.mark.parametrize("address", NOBODYS)
@pytest.mark.parametrize(
    "networks", [ANYWHERE, Networks.of(["0.0.0.0/0", "::/0"])], ids=["usual", "all are named"]
)
def test_no_setting_lets_what_tells_secrets_be_connected_to(
    address: str, networks: Networks
) -> None:
    assert not networks.has(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_connected_to_where_its_network_is_named(address: str) -> None:
    one = ipaddress.ip_address(address)
    assert not ANYWHERE.has(one)
    assert Networks.of(["127.0.0.0/8", "::1/128"]).has(one)


def test_where_networks_are_named_nothing_else_is_connected_to() -> None:
    networks = Networks.of(["10.20.0.0/16"])
    assert networks.has(ipaddress.ip_address("10.20.3.4"))
    assert not networks.has(ipaddress.ip_address("10.21.3.4"))


def test_what_the_operator_wrote_as_this_machine_may_be_there_and_nothing_beside_it() -> None:
    outbound = Outbound.of(ANYWHERE, ["rtsp://127.0.0.1:8554/street.mp4"])
    assert outbound.address("127.0.0.1", 8554) == "127.0.0.1"
    for host, port in (("127.0.0.1", 5432), ("127.0.0.2", 8554), ("localhost", 8554)):
        with pytest.raises(OutOfReachError, match="in no network that may be connected to"):
            outbound.address(host, port)


@pytest.mark.parametrize("host", ["0177.0.0.1", "2130706433", "127.1", "0x7f000001"])
def test_odd_spellings_of_this_machine_are_this_machine(host: str) -> None:
    with pytest.raises(OutOfReachError):
        Outbound().address(host, 80)


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        pytest.param("rtsp://me:pw@10.0.0.5/a", ("10.0.0.5", 554), id="usual port"),
        pytest.param("http://H:81/", ("h", 81), id="its own port"),
        pytest.param("mqtts://[fd00::1]", ("fd00::1", 8883), id="IPv6"),
        pytest.param("http://h:x/", None, id="no port"),
        pytest.param("file:///etc/passwd", None, id="no host"),
    ],
)
def test_where_an_address_leads(url: str, endpoint: tuple[str, int] | None) -> None:
    assert endpoint_of(url) == endpoint


def test_only_the_host_of_an_address_is_changed() -> None:
    url = with_host("rtsp://me:p%40@cam.example:8554/a?b=c", "10.0.0.5")
    assert url == "rtsp://me:p%40@10.0.0.5:8554/a?b=c"
