"""``quarterdeck token``: make, list and remove tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.cli import show, target
from quarterdeck.cli.people import with_people

if TYPE_CHECKING:
    import argparse

    from quarterdeck.cli.people import People


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="new|ls|rm")
    new = actions.add_parser("new", help="make a token, and print it alone on standard output")
    new.add_argument("name", metavar="NAME", help="what uses it: a machine, a program")
    new.add_argument("--scope", required=True, choices=("admin", "guest", "producer"))
    ls = actions.add_parser("ls", help="list them, without their secrets")
    rm = actions.add_parser("rm", help="remove one")
    rm.add_argument("name", metavar="NAME", help="its name or id")
    for each in (new, ls, rm):
        target.configure(each)
    show.configure(ls)


def run(options: argparse.Namespace) -> int:
    """Do it."""

    def work(people: People) -> None:
        if options.action == "new":
            print(people.new_token(options.name, options.scope))
        elif options.action == "rm":
            people.remove_token(options.name)
        elif options.json:
            show.show_json(people.tokens())
        else:
            show.show_table(
                ("NAME", "SCOPE", "BEGINS", "MADE", "USED", "ID"),
                [
                    (
                        each["name"],
                        each["scope"],
                        each["begins"],
                        show.moment(each["made"]),
                        show.moment(each["used"]),
                        each["id"],
                    )
                    for each in people.tokens()
                ],
            )

    return with_people(options.deck, work)
