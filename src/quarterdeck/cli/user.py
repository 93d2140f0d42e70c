"""``quarterdeck user``: add, list and remove users, change passwords."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from quarterdeck.cli import show, target
from quarterdeck.cli.people import with_people
from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    import argparse

    from quarterdeck.cli.people import People


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|ls|rm|passwd")
    add = actions.add_parser(
        "add", help="add a user; the password is asked for, or is the first line of standard input"
    )
    add.add_argument("--role", choices=("admin", "guest"), default="guest")
    ls = actions.add_parser("ls", help="list them")
    rm = actions.add_parser("rm", help="remove one")
    passwd = actions.add_parser("passwd", help="change a password")
    for each in (add, rm, passwd):
        each.add_argument("name", metavar="NAME")
    for each in (add, ls, rm, passwd):
        target.configure(each)
    show.configure(ls)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    password = _ask() if options.action in ("add", "passwd") else ""

    def work(people: People) -> None:
        if options.action == "add":
            people.add_user(options.name, options.role, password)
        elif options.action == "passwd":
            people.set_password(options.name, password)
        elif options.action == "rm":
            people.remove_user(options.name)
        elif options.json:
            show.show_json(people.users())
        else:
            rows = [
                (each["name"], each["role"], show.moment(each["made"]), each["sessions"]) for each in people.users()
            ]
            show.show_table(("NAME", "ROLE", "MADE", "SESSIONS"), rows)

    return with_people(options.deck, work)


def _ask() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise QuarterdeckError("password-differs", "The two passwords differ.", "Type the same one twice.")
    return password
