"""What an app needs to send to us, in the form in which it takes it: a code to scan, a link to tap, an address to copy.

Sources: ODK Collect's settings code (getodk/collect, ``client-settings.schema.json``); the OwnTracks booklet, "Remote
configuration"; the README of Overland; GPSLogger's ``PreferenceNames.java``; OsmAnd's ``LiveMonitoringHelper``. Pure:
an address goes in, text comes out. All of it holds the key of one person in clear text.
"""

from __future__ import annotations

import base64
import json
import zlib
from urllib.parse import quote

MOVE_MODE = 2
HTTP_MODE = 3
# Every so many seconds a position: stops are halts of some ten seconds.
INTERVAL_S = 5


def collect_settings(server_url: str, project: str, pseudonym: str, language: str) -> str:
    """Return the text of Collect's settings code: JSON, deflated, in base 64, without line breaks."""
    settings = {
        "general": {
            "protocol": "odk_default", "server_url": server_url, "form_update_mode": "match_exactly",
            "periodic_form_updates_check": "every_fifteen_minutes", "autosend": "wifi_and_cellular",
            "delete_send": False, "image_size": "medium", "constraint_behavior": "on_swipe", "basemap_source": "osm",
            "font_size": "25", "app_language": language, "metadata_username": pseudonym,
        },
        "admin": {"change_server": False},
        "project": {"name": project, "icon": project[:1].upper(), "color": "#1c2536"},
    }
    return base64.b64encode(zlib.compress(json.dumps(settings, ensure_ascii=False).encode(), 9)).decode()


def owntracks_link(url: str, pseudonym: str) -> str:
    """Return the link that sets OwnTracks up: it follows every move and keeps what it could not send."""
    settings = {
        "_type": "configuration", "mode": HTTP_MODE, "url": url, "username": pseudonym, "deviceId": "phone",
        "tid": pseudonym[:2], "monitoring": MOVE_MODE, "moveModeLocatorInterval": INTERVAL_S,
        "locatorInterval": INTERVAL_S, "locatorDisplacement": 0, "pubExtendedData": True, "auth": False,
    }
    inline = base64.b64encode(json.dumps(settings).encode()).decode()
    return f"owntracks:///config?inline={quote(inline, safe='')}"


def overland_link(url: str, pseudonym: str) -> str:
    """Return the link that sets Overland up. The key stands in the address, so that it needs no token."""
    return f"overland://setup?url={quote(url, safe='')}&device_id={quote(pseudonym, safe='')}"


def gpslogger_link(profile_url: str) -> str:
    """Return the link with which GPSLogger loads ``gpslogger_profile`` from its address."""
    return f"gpslogger://properties/{profile_url}"


def gpslogger_profile(url: str, project: str) -> str:
    """Return a profile of GPSLogger: positions are sent one by one, and kept in a GPX file on the phone as well."""
    fields = "lat=%LAT&lon=%LON&time=%TIME&acc=%ACC&alt=%ALT&spd=%SPD&dir=%DIR&hdop=%HDOP&batt=%BATT&aid=%AID"
    settings = {
        "current_profile_name": f"Commonway {project}", "log_customurl_enabled": "true",
        "log_customurl_url": f"{url}?{fields}&desc=%DESC", "log_customurl_method": "GET",
        "log_customurl_discard_offline_locations_enabled": "false", "time_before_logging": str(INTERVAL_S),
        "distance_before_logging": "0", "accuracy_before_logging": "100", "keep_fix": "true", "log_gpx": "true",
        "log_gpx_11": "true", "new_file_creation": "everystart",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def osmand_template(url: str) -> str:
    """Return OsmAnd's address of online tracking. No single quote may be in it: Java's MessageFormat breaks on one."""
    fields = "lat={0}&lon={1}&timestamp={2}&hdop={3}&altitude={4}&speed={5}&bearing={6}&batt={11}&id={12}"
    return f"{url}?{fields}".replace("'", "%27")
