"""Config from config.toml; a wrong key or value is an error with its place and the closest right one."""

from readlist.config.action import PLACEHOLDERS, Action
from readlist.config.check import LEAST_SHARE, MOST_SHARE, Clipboard, Config, Layout, SavedView, find_view, load, place
from readlist.config.edit import (
    AddedFeeds,
    add_feed,
    add_feeds,
    add_view,
    move_feed,
    move_view,
    mute_query,
    remove_feed,
    remove_view,
    rename_view,
    set_value,
    watch_view,
)
from readlist.config.mail import Mail, mail_address
from readlist.config.toml_file import AlreadyFollowedError, ConfigError

__all__ = [
    "LEAST_SHARE",
    "MOST_SHARE",
    "PLACEHOLDERS",
    "Action",
    "AddedFeeds",
    "AlreadyFollowedError",
    "Clipboard",
    "Config",
    "ConfigError",
    "Layout",
    "Mail",
    "SavedView",
    "add_feed",
    "add_feeds",
    "add_view",
    "find_view",
    "load",
    "mail_address",
    "move_feed",
    "move_view",
    "mute_query",
    "place",
    "remove_feed",
    "remove_view",
    "rename_view",
    "set_value",
    "watch_view",
]
