from __future__ import annotations

from pathlib import Path

import pytest

from mapping_service.config import address, load_config
from mapping_service.errors import Problem


def test_without_variables_there_is_a_private_database_on_this_machine_only() -> None:
    config = load_config({})
    assert config.database_url is None
    assert config.data_dir == Path(__file__).resolve().parents[2] / ".data"
    assert config.base_url == "http://127.0.0.1:8000"


def test_an_empty_variable_counts_as_absent() -> None:
    assert load_config({"DATABASE_URL": " ", "COMMONWAY_PORT": "", "COMMONWAY_DATA": ""}) == load_config({})


def test_variables_are_taken_as_written(tmp_path: Path) -> None:
    config = load_config(
        {
            "DATABASE_URL": "postgresql://db/city",
            "COMMONWAY_DATA": str(tmp_path),
            "COMMONWAY_HOST": "0.0.0.0",
            "COMMONWAY_PORT": "81",
            "COMMONWAY_WORKERS": "5",
            "COMMONWAY_BASE_URL": "https://map.example/",
        }
    )
    assert (config.database_url, config.data_dir) == ("postgresql://db/city", tmp_path)
    assert (config.host, config.port, config.workers) == ("0.0.0.0", 81, 5)
    assert config.base_url == "https://map.example"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMMONWAY_PORT", "http"),
        ("COMMONWAY_PORT", "0"),
        ("COMMONWAY_PORT", "65536"),
        ("COMMONWAY_PORT", "-1"),
        ("COMMONWAY_PORT", "٨٠٨٠"),
        ("COMMONWAY_WORKERS", "1.5"),
        ("COMMONWAY_BASE_URL", "map.example"),
        ("COMMONWAY_DATA", __file__),
    ],
)
def test_an_error_names_the_variable(variable: str, value: str) -> None:
    with pytest.raises(Problem) as raised:
        load_config({variable: value})
    assert raised.value.code == "bad_setting"
    assert raised.value.details == {"variable": variable}
    assert raised.value.sentence.startswith(variable)


def test_a_relative_data_folder_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config({"COMMONWAY_DATA": "here"}).data_dir == tmp_path / "here"


@pytest.mark.parametrize(
    ("host", "reached"),
    [("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80"), ("city.example", "http://city.example:80")],
)
def test_a_server_on_all_addresses_is_reached_on_the_local_one(host: str, reached: str) -> None:
    assert address(host, 80) == reached
