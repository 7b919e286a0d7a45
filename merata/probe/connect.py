"""Connections to the centre: with its certificate checked, and through a proxy where the environment names one."""

from __future__ import annotations

import base64
import http.client
import ipaddress
import os
import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

from merata.probe.errors import ProbeError

_TLS = {"https": True, "wss": True, "http": False, "ws": False}


class Ways:
    """How connections are made: which certificates are trusted. One for the whole run, for these take memory."""

    def __init__(self, ca_file: str = "") -> None:
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            try:
                self._context = ssl.create_default_context(cafile=self._ca_file or None)
            except OSError as e:  # ssl.SSLError is one
                raise ProbeError("bad_ca", file=self._ca_file, why=e) from None
        return self._context

    def open(self, url: str, timeout_s: float) -> http.client.HTTPConnection:
        """A connection to the host of a URL, not yet open."""
        parts = urlsplit(url)
        host, secure = parts.hostname or "", _TLS.get(parts.scheme)
        if secure is None or not host:
            raise ProbeError("bad_address", address=url)
        if not secure and not is_here(host):
            raise ProbeError("not_secure", address=url)
        port = parts.port or (443 if secure else 80)
        proxy = proxy_for(host) if secure else ""
        to, at = _proxy_address(proxy) if proxy else (host, port)
        if secure:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                to, at, timeout=timeout_s, context=self._tls()
            )
        else:
            connection = http.client.HTTPConnection(to, at, timeout=timeout_s)
        if proxy:
            connection.set_tunnel(host, port, headers=_proxy_login(proxy))
        return connection


def is_here(host: str) -> bool:
    """Whether a host is this very machine: only there may things go unencrypted."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def proxy_for(host: str, environment: Any = None) -> str:
    """The proxy that the environment names for encrypted connections to a host; "" where none."""
    environment = os.environ if environment is None else environment
    proxy = environment.get("https_proxy") or environment.get("HTTPS_PROXY") or ""
    never = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    for name in (part.strip().lstrip(".") for part in never.split(",")):
        if name == "*" or (name and (host == name or host.endswith("." + name))):
            return ""
    return str(proxy)


def _proxy_address(proxy: str) -> tuple[str, int]:
    parts = urlsplit(proxy if "://" in proxy else "http://" + proxy)
    return parts.hostname or "", parts.port or 3128


def _proxy_login(proxy: str) -> dict[str, str]:
    parts = urlsplit(proxy if "://" in proxy else "http://" + proxy)
    if not parts.username:
        return {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(login.encode()).decode()}
