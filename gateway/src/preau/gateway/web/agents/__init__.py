"""The back office: the pages of the commune's agents, over the same APIs as everyone."""
