"""The client's address: believed of the gateway alone, counted by what one client can choose from."""

import pytest

from preau.common.http.client_address import check_gateway_key, network_of, signed, told_address

KEY = "a-key-that-gateway-and-services-share"
GENUINE = signed(KEY, "203.0.113.9")
ADDRESS, SIGNATURE = GENUINE.items()


def test_what_the_gateway_signed_is_believed() -> None:
    assert told_address(KEY, GENUINE.items()) == "203.0.113.9"
    assert told_address(KEY, signed(KEY, "2001:db8::1").items()) == "2001:db8::1"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [ADDRESS],
        [SIGNATURE],
        [(ADDRESS[0], "203.0.113.10"), SIGNATURE],
        [ADDRESS, (SIGNATURE[0], "0" * 64)],
        [ADDRESS, (SIGNATURE[0], "é")],
        [(ADDRESS[0], "203.0.113.10"), ADDRESS, SIGNATURE],
        [ADDRESS, SIGNATURE, SIGNATURE],
        [*signed("another-key-that-is-just-as-long-as-it", "203.0.113.9").items()],
        [*signed(KEY, "parent@jolieville.example").items()],
        [*signed(KEY, "").items()],
    ],
)
def test_anything_else_is_not(headers: list[tuple[str, str]]) -> None:
    assert told_address(KEY, headers) is None


def test_without_a_key_nothing_is_signed_and_nothing_believed() -> None:
    assert signed("", "203.0.113.9") == {}
    assert told_address("", GENUINE.items()) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("x" * 8000, ""),
    ],
)
def test_a_client_is_counted_by_what_it_can_choose_from(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("key", ["", "demonstration", "x" * 31])
def test_nothing_real_rests_on_a_weak_key(key: str) -> None:
    with pytest.raises(ValueError, match="PREAU_GATEWAY_KEY"):
        check_gateway_key(key, in_development=False)
    check_gateway_key(key, in_development=True)
    check_gateway_key("x" * 32, in_development=False)
