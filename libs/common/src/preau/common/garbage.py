"""Python's collector of cycles, in a process that serves: short pauses, and seldom.

What is loaded at the start (modules, models, routes, templates) stays until the end: some 150,000 objects,
which a whole collection would look at each time while every request waits. And a request makes thousands of
objects that go by themselves: the collector's own default looks at the youngest after 700.
"""

import gc

YOUNG_OBJECTS = 20_000
"""How many more objects than before make the collector look at the youngest."""


def spare_what_is_loaded() -> None:
    """To be called once, when the process is ready."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
