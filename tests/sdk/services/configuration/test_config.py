from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from quarterdeck.sdk.services.configuration.config import Config
from quarterdeck.sdk.services.configuration.keys import NAMED


def written(folder: Path, text: str) -> str:
    file = folder / "config.cfg"
    file.write_text(text)
    return str(file)


def test_the_environment_names_the_file_and_holds_before_the_argument(tmp_path: Path) -> None:
    file = written(tmp_path, "[dashboard]\nAPP_VERSION=2.1\n")
    config = Config({"DASHBOARD_CONFIG": file})
    config.from_file("/not/there.cfg")
    assert config.version == "2.1"
    assert Config({}).from_file(None) is None


def test_keys_may_stand_in_the_environment(tmp_path: Path) -> None:
    config = Config({"APP_VERSION": "3"})
    assert config.version == "3"
    config.from_file(written(tmp_path, "[dashboard]\nAPP_VERSION=2\n"))
    assert config.version == "2"
    assert Config({}).version == "1.0"


def test_what_cannot_be_followed_is_said_with_the_mend_and_the_default_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        "TABLE_PREFIX=x",
        "AP_VERSION=2",
        "N=many",
        "PASSWORD=hidden",
        "DATABASE=mysql+pymysql://me:hidden@host/db",
    ]
    config = Config({"MONITOR_LEVEL": "7"})
    config.from_file(file := written(tmp_path, "\n".join(["[dashboard]", *lines, "GUEST_PASSWORD=['hidden'"])))
    assert (config.n, config.database, config.guest_password, config.monitor_level) == (1, None, (), 2)
    said = capsys.readouterr().err
    assert f"{file}: TABLE_PREFIX has no effect in Quarterdeck: a deck shares its database" in said
    assert "AP_VERSION is no key of the configuration; APP_VERSION is the nearest known key" in said
    assert f"{file}: N=many cannot be followed: write a whole number from 1 to 10000" in said
    assert "DATABASE=... cannot be followed: mysql is not supported" in said
    assert "the environment: MONITOR_LEVEL=7 cannot be followed" in said
    assert "hidden" not in said


@pytest.mark.parametrize("text", [None, "APP_VERSION=2", "[dashboard]\nno key", "\0\xff"])
def test_a_file_that_cannot_be_read_is_said_and_harms_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    file = str(tmp_path / "none.cfg") if text is None else written(tmp_path, text)
    config = Config({})
    config.from_file(file)
    assert config.version == "1.0"
    assert f"{file} cannot be read" in capsys.readouterr().err


DOCUMENTED = """
    [dashboard]
    APP_VERSION=1.0
    CUSTOM_LINK=dashboard
    USERNAME=admin
    PASSWORD=admin
    GUEST_USERNAME=guest
    GUEST_PASSWORD=['dashboardguest!', 'second_pw!']
    DATABASE=sqlite:////srv/shop/dashboard.db
    GIT=/srv/shop/.git/
    TEST_DIR=/srv/shop/tests/
    N=5
    SUBMIT_RESULTS_URL=http://0.0.0.0:5000/dashboard/submit-test-results
    OUTLIER_DETECTION_CONSTANT=2.5
    COLORS={'main':[0,97,255], 'static':[255,153,0]}
"""


def test_the_file_that_is_documented_is_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = Config({})
    config.from_file(written(tmp_path, textwrap.dedent(DOCUMENTED)))
    assert (config.custom_link, config.username, config.password) == ("dashboard", "admin", "admin")
    assert (config.guest_username, config.guest_password) == ("guest", ("dashboardguest!", "second_pw!"))
    assert (config.database, config.git, config.test_dir) == ("/srv/shop", "/srv/shop/.git", "/srv/shop/tests")
    assert (config.n, config.outlier_detection_constant) == (5, 2.5)
    assert config.submit_results_url == "http://0.0.0.0:5000/dashboard/submit-test-results"
    assert config.colors == {"main": "#0061ff", "static": "#ff9900"}
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("GUEST_PASSWORD", "one, and only", ("one, and only",)),
        ("GUEST_PASSWORD", "('a', 'b')", ("a", "b")),
        ("EXCLUDE", "GET /health, /static/*", ("GET /health", "/static/*")),
        ("COLORS", "{'main': '[0,97,255]', 'rgb': 'rgb(255, 153, 0)', 'hex': '#ABCDEF'}", None),
        ("CUSTOM_LINK", "/admin/dash/", "admin/dash"),
        ("DATABASE", "sqlite:////srv/my%20shop/d.db?timeout=5", "/srv/my shop"),
        ("OUTlIER_DETECTION_CONSTANT", "3", 3.0),
        ("SAMPLING_RATE", "20", 20),
    ],
)
def test_values_have_the_forms_that_people_write(tmp_path: Path, name: str, text: str, value: object) -> None:
    key = NAMED[name.upper()]
    expected = {"main": "#0061ff", "rgb": "#ff9900", "hex": "#abcdef"} if value is None else value
    config = Config({})
    config.from_file(written(tmp_path, f"[any]\n{name.lower()} = {text}"))
    assert config.said(key) == expected
    assert Config({name: text}).said(key) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CUSTOM_LINK", "../up"),
        ("CUSTOM_LINK", "/"),
        ("DATABASE", "sqlite://"),
        ("DATABASE", "sqlite:///:memory:"),
        ("COLORS", "{'main': [0, 97]}"),
        ("COLORS", "{'main': [0, 97, 256]}"),
        ("SUBMIT_RESULTS_URL", "example.org/submit"),
        ("OUTLIER_DETECTION_CONSTANT", "nan"),
    ],
)
def test_values_that_mean_nothing_are_refused(name: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert Config({name: text}).said(NAMED[name]) == NAMED[name].default
    assert f"{name}=" in capsys.readouterr().err


def test_code_sets_keys_and_today_s_names_are_understood(tmp_path: Path) -> None:
    config = Config({"WHERE": written(tmp_path, "[dashboard]\nAPP_VERSION=2\n")})
    config.init_from(envvar="WHERE")
    assert config.app_version == "2"
    config.app_version = "3"
    config.group_by = ("User", 3)
    config.inject_dependencies(get_ip=lambda: "127.0.0.1")
    assert (config.version, config.get_group_by) == ("3", ("User", 3))
    assert config.get_ip is not None


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "files",
    [
        {".git/HEAD": COMMIT},
        {".git/HEAD": "ref: refs/heads/main", ".git/refs/heads/main": COMMIT},
        {".git/HEAD": "ref: refs/heads/main", ".git/packed-refs": f"# pack-refs\n{COMMIT} refs/heads/main\n"},
        {
            ".git": "gitdir: elsewhere/worktrees/one",
            "elsewhere/worktrees/one/HEAD": "ref: refs/heads/one",
            "elsewhere/worktrees/one/commondir": "../..",
            "elsewhere/refs/heads/one": COMMIT,
        },
    ],
    ids=["detached", "branch", "packed", "worktree"],
)
@pytest.mark.parametrize("named", ["", ".git"])
def test_the_version_is_the_commit_of_git(tmp_path: Path, files: dict[str, str], named: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    assert Config({"GIT": str(tmp_path / named), "APP_VERSION": "2"}).version == "012345"


def test_the_version_that_code_sets_holds_before_all(tmp_path: Path) -> None:
    config = Config({"GIT": str(tmp_path), "APP_VERSION": "2"})
    config.version = "3"
    assert config.version == "3"


def test_a_repository_without_a_commit_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Config({"GIT": str(tmp_path), "APP_VERSION": "2"}).version == "2"
    assert "no git repository with a commit" in capsys.readouterr().err


def test_code_may_write_a_value_as_the_file_does_or_as_python_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    config = Config({})
    config.guest_password = "secret"  # type: ignore[assignment]
    config.exclude = "/static/*"  # type: ignore[assignment]
    config.database = "sqlite:////srv/shop/dashboard.db"
    config.app_version = 3  # type: ignore[assignment]
    config.colors = {"main": [0, 97, 255]}  # type: ignore[dict-item]
    assert (config.guest_password, config.exclude) == (("secret",), ("/static/*",))
    assert (config.database, config.app_version, config.colors) == ("/srv/shop", "3", {"main": "#0061ff"})
    config.guest_password = ["it's", 'a "list"']  # type: ignore[assignment]
    assert config.guest_password == ("it's", 'a "list"')
    config.guest_password = None  # type: ignore[assignment]
    config.monitor_level = 7
    assert (config.guest_password, config.monitor_level) == ((), 2)
    assert "code: MONITOR_LEVEL=7 cannot be followed: write a whole number from 0 to 3" in capsys.readouterr().err
