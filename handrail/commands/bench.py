"""`handrail bench NAME`: measurements on this computer."""

from handrail.commands import Commands

bench = Commands(
    name="bench",
    found={"match": ("bench_match:bench_match", "Match a whole town and say how long it took.")},
    help="Measure how fast a part is on this computer.",
)
