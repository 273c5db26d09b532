"""The back office of the commune's agents: one folder a group of pages, over the same APIs as everyone."""
