"""Config from config.toml; a wrong key or value is an error that names its place and the nearest right one."""

from readlist.config.feeds import add_feed, insert_feed, remove_feed
from readlist.config.keys import key_name
from readlist.config.reading import Bound, Config, load, place
from readlist.config.source import ConfigError
from readlist.config.views import SavedView, checked_view_name, find_view, set_views
from readlist.config.writing import set_value

__all__ = [
    "Bound",
    "Config",
    "ConfigError",
    "SavedView",
    "add_feed",
    "checked_view_name",
    "find_view",
    "insert_feed",
    "key_name",
    "load",
    "place",
    "remove_feed",
    "set_value",
    "set_views",
]
