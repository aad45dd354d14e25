"""Settings from the environment: every ``GONGZHI_*`` name, its meaning and its default.

Read without Django, so that ``gongzhi --help`` and ``gongzhi ledger check`` stay light.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class UnknownSetting(ValueError):
    """The environment names a ``GONGZHI_*`` setting that does not exist, or gives one a wrong value."""


#: name → what it is for; the reference page is checked against this table.
SETTINGS: dict[str, str] = {
    "GONGZHI_DATABASE_URL": "postgresql://user:password@host/name; without it SQLite in the data folder",
    "GONGZHI_DATA_DIR": "folder of files, Parquet, keys and the SQLite database (./data)",
    "GONGZHI_LANGUAGE": "language of a first visit: zh or en (zh)",
    "GONGZHI_BASE_URL": "address under which the public reaches this node (http://127.0.0.1:8000)",
    "GONGZHI_SECRET_KEY": "secret of sessions and follow-up secrets (generated into the data folder)",
    "GONGZHI_TEST_DATA": "folder of real data for tests and benchmarks (../shared/data)",
    "GONGZHI_NODE_NAME": "name of this node's ledger in checkpoints (host of the base address, then /ledger)",
    "GONGZHI_HOSTS": "further host names that the server answers to, separated by commas",
    "GONGZHI_GATEWAYS": "gateways whose X-Forwarded-For is believed, separated by commas (127.0.0.1,::1)",
    "GONGZHI_SMTP_URL": "smtp://user:password@host:port or smtps://…; without it answers wait on the page",
    "GONGZHI_MAIL_FROM": "sender of notices by e-mail (gongzhi@ the host of the base address)",
    "GONGZHI_BASEMAP": "GeoJSON file of waters that is drawn under every map (none)",
    "GONGZHI_LOG_LEVEL": "debug, info, warning or error (info)",
    "GONGZHI_API_RATE": "requests a minute that one address may send to the API; 0 for no limit (120)",
    "GONGZHI_DEBUG": "1 shows error details in the browser; never where the public is (0)",
    "GONGZHI_TEST_POSTGRES_URL": "PostgreSQL for the test suite's second run; used by tests only",
}


@dataclass(frozen=True)
class Config:
    """The settings of one process."""

    data_dir: Path
    database_url: str | None
    language: str
    base_url: str
    secret_key: str | None
    node_name: str
    hosts: tuple[str, ...]
    gateways: tuple[str, ...]
    smtp_url: str | None
    mail_from: str
    basemap: Path | None
    log_level: str
    debug: bool
    api_rate: int

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """Read the settings; raise `UnknownSetting` for a name that is not in `SETTINGS`."""
        unknown = sorted(n for n in environ if n.startswith("GONGZHI_") and n not in SETTINGS)
        if unknown:
            raise UnknownSetting(
                f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(SETTINGS))}"
            )

        def value(name: str, default: str = "") -> str:
            return environ.get(f"GONGZHI_{name}", "").strip() or default

        base_url = value("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
        host = urlsplit(base_url).hostname
        if not host:
            raise UnknownSetting(
                f"GONGZHI_BASE_URL is {base_url!r}; write it as https://host or http://host:port"
            )
        language = value("LANGUAGE", "zh")
        if language not in ("zh", "en"):
            raise UnknownSetting(f"GONGZHI_LANGUAGE is {language!r}; it is zh or en")
        level = value("LOG_LEVEL", "info").lower()
        if level not in ("debug", "info", "warning", "error"):
            raise UnknownSetting(f"GONGZHI_LOG_LEVEL is {level!r}; it is debug, info, warning or error")
        rate = value("API_RATE", "120")
        if not rate.isdecimal():
            raise UnknownSetting(f"GONGZHI_API_RATE is {rate!r}; it is a number, 0 for no limit")
        return cls(
            data_dir=Path(value("DATA_DIR", "data")).expanduser().resolve(),
            database_url=value("DATABASE_URL") or None,
            language=language,
            base_url=base_url,
            secret_key=value("SECRET_KEY") or None,
            node_name=value("NODE_NAME", f"{host}/ledger"),
            hosts=_listed(value("HOSTS")),
            gateways=_listed(value("GATEWAYS", "127.0.0.1,::1")),
            smtp_url=value("SMTP_URL") or None,
            mail_from=value("MAIL_FROM", f"gongzhi@{host}"),
            basemap=_file(value("BASEMAP")),
            log_level=level,
            debug=value("DEBUG", "0") == "1",
            api_rate=int(rate),
        )

    def database(self) -> dict[str, object]:
        """The Django description of the database.

        SQLite's settings were measured: IMMEDIATE removes "database is locked", FULL keeps an
        acknowledged act through a power loss.
        """
        if self.database_url is None:
            return {
                "ENGINE": "gongzhi.sqlite",
                "NAME": str(self.data_dir / "gongzhi.sqlite3"),
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "timeout": 30,
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    " PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864;"
                    " PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY",
                },
            }
        return database_from_url(self.database_url)


def _file(text: str) -> Path | None:
    if not text:
        return None
    path = Path(text).expanduser().resolve()
    if not path.is_file():
        raise UnknownSetting(f"GONGZHI_BASEMAP is {text!r}; there is no such file")
    return path


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def database_from_url(url: str) -> dict[str, object]:
    """The Django description of the PostgreSQL database that an address names.

    Compiling a statement (``jit``) takes half a second of one that runs for ten milliseconds.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise UnknownSetting(
            f"GONGZHI_DATABASE_URL begins with {parts.scheme!r}; only postgresql:// is known"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "gongzhi",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 12, "timeout": 30},
            "options": "-c jit=off -c random_page_cost=1.1",
            **options,
        },
    }
