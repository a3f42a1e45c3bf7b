import pytest

from neighbourhoods.networks import network_of, network_of_client


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_one_address_of_ipv4_and_one_network_of_ipv6(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize("text", ["", "unix:", "192.0.2.7:4711", "[2001:db8::1]"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
        network_of(text)


@pytest.mark.parametrize(
    ("forwarded_for", "proxies", "counted"),
    [
        ("", 0, "198.51.100.1"),
        ("192.0.2.7", 0, "198.51.100.1"),  # nobody stands in front: whoever asks says so himself
        ("192.0.2.7", 1, "192.0.2.7"),
        ("203.0.113.9, 192.0.2.7", 1, "192.0.2.7"),  # the left part is the client's own claim
        ("203.0.113.9, 192.0.2.7, 198.51.100.2", 2, "192.0.2.7"),
        ("192.0.2.7", 2, "198.51.100.1"),  # it did not come through both
        ("", 1, "198.51.100.1"),
        ("nonsense", 1, "198.51.100.1"),
    ],
)
def test_a_client_is_found_behind_trusted_proxies(forwarded_for, proxies, counted):
    assert network_of_client("198.51.100.1", forwarded_for, proxies) == counted


def test_a_peer_without_an_address_is_counted_under_its_name():
    assert network_of_client("", "", 0) == ""
