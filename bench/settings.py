"""Rollcall's settings, with the channel layer that the plain way of fanning out needs."""

from config.settings import *  # noqa: F403

CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
