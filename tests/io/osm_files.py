"""Small maps of OpenStreetMap, and the real one where there is one."""

from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

LIECHTENSTEIN = next(Path(__file__).resolve().parents[3].glob("*/networks/liechtenstein.osm.pbf"), None)

#      1 - 2 - 3 - 4      a street with a bend (2), a side street from 3 that goes round and comes back to it,
#              |          and an island (8 - 9)
#          7 - 5
#          `-- 6
NODES = {
    1: (10.000, 50.000), 2: (10.001, 50.001), 3: (10.002, 50.000), 4: (10.004, 50.000),
    5: (10.002, 49.999), 6: (10.0025, 49.998), 7: (10.0015, 49.998), 8: (10.1, 50.0), 9: (10.101, 50.0),
}  # fmt: skip
WAYS = {
    10: ([1, 2, 3, 4], {"highway": "primary", "maxspeed": "60", "name": "Main Street"}),
    11: ([3, 5, 6, 7, 5], {"highway": "residential", "bridge": "yes"}),
    12: ([8, 9], {"highway": "residential"}),
    13: ([1, 5], {"highway": "footway"}),
    14: ([4, 5], {"building": "yes"}),
}


def write(path, nodes=NODES, ways=WAYS, options=""):
    """Write a map in the format of the suffix of ``path``."""
    file = osmium.io.File(str(path), options) if options else str(path)
    with osmium.SimpleWriter(file, overwrite=True) as writer:
        for number, place in nodes.items():
            writer.add_node(Node(id=number, location=place))
        for number, (refs, tags) in ways.items():
            writer.add_way(Way(id=number, nodes=refs, tags=tags))
    return path
