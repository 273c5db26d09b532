"""The pages of the families: one folder a group of pages, over the same APIs as everyone."""
