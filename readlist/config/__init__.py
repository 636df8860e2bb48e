"""Config from config.toml; a wrong key or value is an error that names its place and the nearest right one."""

from readlist.config.check import Config, load, place
from readlist.config.edit import set_value
from readlist.config.followed_feeds import Followed, add_feed, add_feeds, insert_feed, move_feed, remove_feed
from readlist.config.mail import Mail, address_of
from readlist.config.saved_views import add_view, move_view, remove_view, rename_view
from readlist.config.source import ConfigError, FollowedError
from readlist.config.view_check import SavedView, find_view

__all__ = [
    "Config",
    "ConfigError",
    "Followed",
    "FollowedError",
    "Mail",
    "SavedView",
    "add_feed",
    "add_feeds",
    "add_view",
    "address_of",
    "find_view",
    "insert_feed",
    "load",
    "move_feed",
    "move_view",
    "place",
    "remove_feed",
    "remove_view",
    "rename_view",
    "set_value",
]
