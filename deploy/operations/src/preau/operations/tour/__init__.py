"""The tour: the main job of Préau, driven over HTTP, each step telling what it saw."""
