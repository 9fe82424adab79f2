"""The command `handrail` and what it can do."""

import click

from handrail import __version__
from handrail.commands import Commands

#: Name, where it is found in `handrail.commands`, and what it does.
COMMANDS = {
    "up": ("up:up", "Run everything on this computer."),
    "web": ("web:web", "Run the web process."),
    "relay": ("relay:relay", "Run the relay, which wakes workers when there is work."),
    "worker": ("worker:worker", "Run a worker."),
    "drain": ("drain:drain", "Do the waiting work here and now, without a queue server."),
    "migrate": ("migrate:migrate", "Bring the database to the newest version."),
    "seed": ("seed:seed", "Fill an empty home with the fictional town."),
    "reset": ("reset:reset", "Start over: remove everything in the home but its secrets."),
    "backup": ("backup:backup", "Copy the whole database into one file, while everything goes on."),
    "restore": ("restore:restore", "Make the database what a backup holds, and check it."),
    "erasures": ("erasures:erasures", "Print the erasure ledger, to be kept apart from the database."),
    "grant": ("grant:grant", "Make somebody an organizer, a moderator or an admin."),
    "keys": ("keys:keys", "Look after the keys that lock what members confide."),
    "doctor": ("doctor:doctor", "Say what is wrong and what mends it."),
    "import": ("import_listings:import_listings", "Read events from a JSON-LD, iCalendar or CSV file."),
    "explain": ("explain:explain", "Replay a matching run and say why it proposed what it did."),
    "evaluate": ("evaluate:evaluate", "Measure the matcher on recorded data."),
    "bench": ("bench:bench", "Measure how fast a part is on this computer."),
}

main = Commands(
    name="handrail",
    found=COMMANDS,
    help="Handrail helps people get back among people, one doable step at a time.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(__version__, prog_name="handrail")(main)
