"""`handrail bench NAME`: measurements on this computer."""

from handrail.commands import Commands

bench = Commands(
    name="bench",
    found={
        "match": ("bench_match:bench_match", "Match a whole town and say how long it took."),
        "event": ("bench_event:bench_event", "Match one new event to all members around it."),
        "circles": ("bench_circles:bench_circles", "Form circles, against the optimum."),
        "lane": ("bench_lane:bench_lane", "From many changed profiles to stored suggestions."),
        "member": ("bench_member:bench_member", "From one saved profile to stored suggestions."),
        "store": ("bench_store:bench_store", "Store suggestions, against the database's own driver."),
        "pages": ("bench_pages:bench_pages", "Serve pages, against a bare route of the same server."),
    },
    help="Measure how fast a part is on this computer.",
)
