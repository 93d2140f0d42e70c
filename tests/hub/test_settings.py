"""quarterdeck.toml: what it may say, and how it says that something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.hub.settings import Settings, SettingsError, machine_zone, read_settings


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "quarterdeck.toml").write_text(text)
    return read_settings(folder)


def test_everything_is_optional(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    assert settings_of(tmp_path, "") == Settings()


def test_values_are_read(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        '[hub]\nport = 9000\nhosts = ["deck.example.org"]\ntz = "Europe/Berlin"\n[retention]\nruns = 5\n'
        '[script.sample]\nenabled = false\n[calendars]\nholidays = "days.txt"\n',
    )
    assert settings.calendars == {"holidays": "days.txt"}
    assert settings.hub.port == 9000
    assert settings.hub.hosts == ("deck.example.org",)
    assert settings.zone.key == "Europe/Berlin"
    assert settings.retention.runs == 5
    assert not settings.enabled("sample")
    assert settings.enabled("another")


def test_limits_and_interpreters_of_scripts(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        '[limits]\nmemory = "2 GB"\n[script.a]\nmemory = "none"\n[script.b]\nmemory = "1 MiB"\npython = "3.13"\n',
    )
    assert [settings.memory(name) for name in "abc"] == [None, 1 << 20, 2_000_000_000]
    assert [settings.python(name) for name in "ab"] == [None, "3.13"]
    assert Settings().memory("a") is None


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("[hub", "settings-syntax", "not TOML"),
        ("[calendars]\nholidays = 5\n", "settings-value", "calendars"),
        ("[calendar]\n", "settings-key", "Did you mean calendars?"),
        ("[hub]\nnew_topics = -1\n", "settings-value", "hub.new_topics"),
        ("[hbu]\n", "settings-key", "Did you mean hub?"),
        ("[hub]\nprot = 1\n", "settings-key", "Did you mean hub.port?"),
        ("[script.a]\nenable = true\n", "settings-key", "Did you mean script.a.enabled?"),
        ('[hub]\nport = "x"\n', "settings-value", "hub.port"),
        ("[hub]\nport = 70000\n", "settings-value", "1 to 65535"),
        ("hub = 1\n", "settings-value", "object"),
        ('[hub]\ntz = "Europe/Berln"\n', "settings-value", "Did you mean Europe/Berlin?"),
        ('[limits]\nmemory = "much"\n', "settings-value", "limits.memory: 'much' is no size of memory"),
        ('[script.a]\nmemory = "0 MB"\n', "settings-value", "script.a.memory"),
        ("[script.a]\nmemory = 500\n", "settings-value", "$.script[...].memory"),
        ("[limits]\nmemry = 500\n", "settings-key", "Did you mean limits.memory?"),
        ("[retention]\ndays = -1\n", "settings-value", "0 or more"),
        ('[hub]\nwebhook = "chat.example.org/x"\n', "settings-value", "hub.webhook is no address of the web"),
        ('[hub]\nwebhook = "file:///etc/passwd"\n', "settings-value", "hub.webhook is no address of the web"),
        ('[hub]\nwebhook = "https://a b/"\n', "settings-value", "hub.webhook is no address of the web"),
        ('[hub]\nwebhook = "https://chat:99999/x"\n', "settings-value", "hub.webhook is no address of the web"),
        ('[hub]\nwebhook = "https://me:pw@chat/x"\n', "settings-value", "hub.webhook has a user in it"),
        ('[hub]\nurl = "deck"\n', "settings-value", "hub.url is no address of the web"),
    ],
)
def test_what_is_wrong_is_named_with_its_mend(tmp_path: Path, text: str, code: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, text)
    assert caught.value.code == code
    assert said in str(caught.value)
    assert str(tmp_path / "quarterdeck.toml") in str(caught.value)


def test_people_reach_the_hub_by_the_name_in_its_address(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[hub]\nhosts = ["a"]\nurl = "https://deck.example.org/"\n')
    assert settings.hub.names == ("a", "deck.example.org")
    assert Settings().hub.names == ()


def test_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert machine_zone() == "Asia/Tokyo"
