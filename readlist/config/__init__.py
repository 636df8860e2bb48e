"""Config from config.toml; a wrong key or value is an error that names its place and the nearest right one."""

from readlist.config.keys import key_name
from readlist.config.reading import Bound, Config, ConfigError, load, place
from readlist.config.writing import set_value

__all__ = ["Bound", "Config", "ConfigError", "key_name", "load", "place", "set_value"]
