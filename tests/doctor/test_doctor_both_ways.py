"""Every check is shown both ways: set wrong on purpose it says so, set right it is content.

Here is which test shows which. A check that is not in these tables has no proof yet, and the test fails.
"""

from __future__ import annotations

import ast
from contextlib import closing
from pathlib import Path

import pytest

from gateways.network.store import SessionStore
from ingest.config import load
from ingest.data_dir import make, open_network
from ingest.doctor.plan import inside_remarks, remarks
from ingest.doctor.radio import radio_remarks
from ingest.i18n import texts
from tests.doctor.rig import config
from tests.fakes.lorawan_device import NETWORK_KEY, Sensor

HERE = Path(__file__).parent
CLI = HERE.parent / "cli"

BOTH = {
    "QoS of events": ("broker", "events_that_come"),
    "QoS of events, as configured": ("files", "the_qos_of_events"),
    "QoS of gateways": ("broker", "events_that_come"),
    "SQLite of the network server": ("files", "sqlite_and_its_write_ahead_log"),
    "TLS": ("broker", "certificates"),
    "anonymous clients": ("broker", "a_broker_that_keeps_everything", "a_closed_broker"),
    "authentication": ("broker", "a_login_that_is_refused", "a_closed_broker"),
    "clock of InfluxDB": ("influxdb", "clocks_that_differ"),
    "clock of the network server": ("broker", "events_that_come"),
    "clock of this machine": ("ledger", "this_machines_clock"),
    "clocks of gateways": ("journal", "the_clock_of_a_gateway"),
    "codec errors": ("journal", "codec_errors_are_counted_by_profile", "a_day_without_a_fault"),
    "codecs that give infinity": ("journal", "infinity_is_seen_in_protobuf", "a_day_without_a_fault"),
    "database": ("influxdb", "no_database", "a_database_that_is_there"),
    "delivered": ("ledger", "events_that_wait_while_nobody_works", "all_is_well"),
    "devices never heard": ("lns", "devices_that_were_never_heard"),
    "devices' models": (
        "lns", "devices_without_model_site_or_position", "devices_of_which_everything_is_known",
    ),
    "devices' positions": (
        "lns", "devices_without_model_site_or_position", "devices_of_which_everything_is_known",
    ),
    "devices' sites": (
        "lns", "devices_without_model_site_or_position", "devices_of_which_everything_is_known",
    ),
    "dropped messages": ("broker_faults", "messages_that_the_broker_has_dropped"),
    "events against network server": ("lns", "what_the_server_hears_comes_to_the_journal"),
    "file system": ("disk", "kinds_of_file_systems"),
    "frames lost after gateway bursts": ("journal", "a_gateway_that_sends_at_once_what_it_has_kept"),
    "frames lost in the network": ("journal", "frames_that_we_have_lost_ourselves", "a_day_without_a_fault"),
    "gateways online": ("lns", "gateways"),
    "gateways' positions": ("lns", "gateways"),
    "given up": ("ledger", "what_is_in_quarantine_and_what_was_given_up", "all_is_well"),
    "ledger": ("ledger", "a_ledger_that_does_not_add_up", "all_is_well"),
    "network server": ("chirpstack", "a_token_that_is_none", "a_city_that_is_well"),
    "persistence, as configured": ("files", "mosquittos_own_file"),
    "protocol": ("broker", "a_broker_that_keeps_everything"),
    "quarantine": ("ledger", "what_is_in_quarantine_and_what_was_given_up", "all_is_well"),
    "queue depth": ("broker", "a_broker_that_keeps_a_hundred", "a_broker_that_keeps_everything"),
    "queue limits, as configured": ("files", "mosquittos_own_file"),
    "reachable": ("broker", "nobody_there", "a_broker_that_keeps_everything"),
    "region of gateways": ("journal", "the_region_in_which_gateways_hear"),
    "region of profiles": ("lns", "the_region_of_profiles"),
    "registry against network server": (
        "lns", "a_device_at_a_site_that_no_server_has", "registry_and_server_know_the_same",
    ),
    "retention": ("influxdb", "a_database_that_keeps_a_week", "a_database_that_is_there"),
    "right to write": ("influxdb", "users_and_their_rights"),
    "room": ("disk", "a_journal_that_may_outgrow_the_disk", "a_good_directory_is_left_as_it_was"),
    "root keys": ("server", "root_keys"),
    "session kept": ("broker_faults", "a_broker_that_forgets_who_goes_away"),
    "sessions with gateways": ("files", "sessions_between_gateways_and_chirpstack"),
    "silent devices": ("lns", "silent_devices"),
    "subscription": ("broker_faults", "a_subscription_that_the_acl_refuses"),
    "sync": ("disk", "one_that_this_user_may_not_write", "a_good_directory_is_left_as_it_was"),
    "version": ("broker_faults", "versions", "a_version_that_remembers_shared_subscriptions"),
    "window": ("broker", "a_broker_as_debian_installs_it", "a_broker_that_keeps_everything"),
    "writable": ("disk", "one_that_this_user_may_not_write"),
}  # fmt: skip
"""By check: the module, and the test or the two of it that set wrong and right what it looks at."""

WHEN_WRONG = {
    **dict.fromkeys(
        ("session lost", "session taken over", "events lost inside", "subscription refused", "clock ahead"),
        ("ledger", "incidents"),
    ),
    "intake defect": ("ledger", "incidents"),
    "largest QoS": ("broker_faults", "a_broker_that_knows_qos_0_alone"),
    "largest packet": ("broker_faults", "a_broker_that_takes_small_packets"),
    "profiles of another tenant": ("chirpstack", "a_profile_of_another_tenant"),
    "client id": ("workers", "one_session_and_one_directory_for_two"),
    "data directory": ("workers", "one_session_and_one_directory_for_two"),
    "events": ("workers", "the_same_events_are_named_with_both_workers"),
    "brokers": ("workers", "what_stands_out"),
    "network key": ("both_ways", "a_network_key"),
    "LoRaWAN devices": ("both_ways", "a_device_that_cannot_be_read"),
    "alerts": ("cli_check_config", "what_is_watched_for_is_told_and_a_wrong_rule_is_no_configuration"),
    "decoder": ("cli_check_config", "a_decoder_of_ones_own_that_is_broken_is_told"),
    "devices": ("cli_check_config", "the_places_are_counted_and_a_registry_that_cannot_be_read_fails"),
    "places": ("cli_check_config", "the_places_are_counted_and_a_registry_that_cannot_be_read_fails"),
}
"""Told only where something is wrong; right is to say nothing, or `incidents` and `kept apart` say `ok`."""

WHEN_RIGHT = {
    "incidents": ("ledger", "incidents"),
    "kept apart": ("workers", "workers_that_share_the_applications_are_kept_apart"),
}

NEVER_OK = ("session survives a restart", "database of the network server")
"""Nothing that can be seen from outside would prove them; operations.md says so, and why."""

NEVER_WRONG = ("retained state of gateways",)
"""What a forwarder does not have is no fault."""

STEPS = ("configuration", "disk", "limits", "login", "reach", "rights", "session", "traffic")
"""Named where a step of several checks did not end within its time."""


def test_every_check_is_in_one_of_the_tables() -> None:
    tables = (BOTH, WHEN_WRONG, WHEN_RIGHT, NEVER_OK, NEVER_WRONG, STEPS)
    assert sorted(name for table in tables for name in table) == sorted(texts("doctor_titles"))


@pytest.mark.parametrize("check", [*BOTH, *WHEN_WRONG, *WHEN_RIGHT])
def test_who_shows_it_is_there_and_speaks_of_it(check: str) -> None:
    module, *tests = (BOTH | WHEN_WRONG | WHEN_RIGHT)[check]
    path = next(one for one in (HERE / f"test_doctor_{module}.py", CLI / f"test_{module}.py") if one.is_file())
    functions = {
        node.name: node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    }
    for name in tests:
        assert functions[f"test_{name}"].body


def test_operations_say_of_which_nothing_can_be_proved() -> None:
    page = (HERE.parents[1] / "docs" / "operations.md").read_text("utf-8")
    never = page.partition("never say `ok`")
    for name in (*NEVER_OK, *NEVER_WRONG):
        assert f"`{name}`" in never[0].splitlines()[-1] + never[2].partition("\n\n")[0]


def test_a_network_key(tmp_path: Path) -> None:
    radio = '[[udp]]\nname = "roof"\nlisten = "127.0.0.1:1700"\ngateways = ["24e124fffef0a1b2"]\n'
    key = tmp_path / "key"
    key.write_text("8f" * 32)
    own = f'[network]\nkey_file = "{key}"\n'
    found = {}
    for name, text, mode in (("none", radio, 0o600), ("open", own + radio, 0o644), ("good", own + radio, 0o600)):
        key.chmod(mode)
        settings = load(config(tmp_path, text))
        found[name] = [(one.check, one.state) for one in inside_remarks(settings) if one.check == "network key"]
    assert found == {"none": [("network key", "fail")], "open": [("network key", "fail")], "good": []}


def test_a_device_that_cannot_be_read(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.touch(0o600)
    key.write_text(NETWORK_KEY.hex())
    settings = load(config(tmp_path, f'[network]\nkey_file = "{key}"\n[[udp]]\nname = "roof"\n'))
    good, bad = Sensor(1), Sensor(2)
    make(settings.data_dir)
    with closing(SessionStore(open_network(settings.data_dir), NETWORK_KEY)) as store:
        for one in (good, bad):
            store.add(one.device(), one.session())
    assert list(radio_remarks(settings)) == []
    with closing(open_network(settings.data_dir)) as db:
        db.execute("UPDATE session SET keys = x'00' WHERE dev_eui = ?", (bad.dev_eui,))
    (found,) = radio_remarks(settings)
    assert (found.check, found.subject, found.state) == ("LoRaWAN devices", "network.db", "fail")
    assert f"{bad.dev_eui}: its session of {bad.dev_addr:08x} cannot be read" in str(found.observed)
    key.write_text("00" * 32)
    (found,) = radio_remarks(settings)
    assert (found.check, found.state, found.observed) == (
        "network key", "fail", "the sessions were sealed with another network key",
    )  # fmt: skip
    key.write_text(NETWORK_KEY.hex())
    for file in settings.data_dir.glob("network.db*"):
        file.write_bytes(b"no database" * 1000)
    assert [(one.check, one.state) for one in radio_remarks(settings)] == [("LoRaWAN devices", "fail")]


def test_who_takes_events_from_a_broker_is_told_nothing_of_brokers(tmp_path: Path) -> None:
    good = '[[broker]]\nname = "city"\nhost = "127.0.0.1"\n[[lns]]\nname = "chirpstack"\n'
    assert [one.check for one in remarks(load(config(tmp_path, good))) if one.state != "ok"] == []
    assert "brokers" in [one.check for one in remarks(load(config(tmp_path, "")))]
