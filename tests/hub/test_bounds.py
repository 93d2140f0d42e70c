"""What a peer can make the hub hold, and whose name it can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.hub.accounts.memory import MemoryRecords

from quarterdeck.core.frames import check_frame
from quarterdeck.core.ops import Refused
from quarterdeck.hub import calls, logs, peers
from quarterdeck.hub.accounts.accounts import AccountError, Accounts
from quarterdeck.hub.accounts.attempts import block_of
from quarterdeck.hub.accounts.passwords import Passwords
from quarterdeck.hub.accounts.sessions import BY_LINK
from quarterdeck.hub.allowance import Allowance
from quarterdeck.hub.commits import Commits
from quarterdeck.hub.delivery import weight
from quarterdeck.hub.delivery.viewer import Viewer
from quarterdeck.hub.exchange import Exchange
from quarterdeck.hub.session import check_hello
from quarterdeck.hub.watching import MAX_LISTS, Watcher
from quarterdeck.testing.clock import FakeClock

pytestmark = pytest.mark.asyncio
PRODUCER = peers.producer("p")


def refused_of(exchange: Exchange, rights: peers.Rights, topic: str, *ops: list[Any]) -> list[str]:
    number = exchange.streams.last("s") + 1
    frame = {"t": "patch", "topic": topic, "ops": list(ops)}
    return [each["code"] for each in exchange.streams.accept("s", number, [frame], rights)["refused"]]


async def test_nobody_makes_a_run_of_anothers_script(exchange: Exchange) -> None:
    forged = ["set", "script", "sample"]
    assert refused_of(exchange, PRODUCER, "run/1", forged) == ["forbidden"]
    assert refused_of(exchange, PRODUCER, "run/1", ["set", "state", "running"]) == []
    assert refused_of(exchange, PRODUCER, "run/1", ["set", "producer", "other"]) == ["forbidden"]
    assert refused_of(exchange, PRODUCER, "run/1", ["drop"], forged) == ["forbidden"]
    assert refused_of(exchange, PRODUCER, "run/1/below", ["set", "x", 1]) == ["forbidden"]
    exchange.board.publish("run/2", [forged])
    assert refused_of(exchange, peers.worker("sample"), "run/2", ["set", "script", "other"]) == ["forbidden"]
    assert refused_of(exchange, peers.worker("sample"), "run/2", ["drop", "script"]) == ["forbidden"]
    assert refused_of(exchange, peers.worker("sample"), "run/2", forged, ["set", "state", "done"]) == []
    assert refused_of(exchange, PRODUCER, "free", forged) == []


async def test_who_may_send_nothing_numbers_no_batches(exchange: Exchange) -> None:
    with pytest.raises(Refused, match="may not send") as caught:
        exchange.streams.accept("s", 1, [], peers.GUEST)
    assert caught.value.hint
    assert exchange.streams.last("s") == 0


async def test_a_program_makes_so_many_topics_a_day(clock: Any, store: Any) -> None:
    commits = Commits(store, clock, delay=0.0)
    exchange = Exchange(store, commits, clock, allowance=Allowance(24, clock.monotonic))
    made = [refused_of(exchange, PRODUCER, f"lab/{number}", ["set", "x", 1]) for number in range(26)]
    assert made == [[]] * 24 + [["too-many"]] * 2
    assert refused_of(exchange, PRODUCER, "lab/0", ["set", "x", 2]) == [], "what is there goes on"
    assert refused_of(exchange, peers.producer("q"), "lab/24", ["set", "x", 1]) == [], "it is each account's own"
    assert refused_of(exchange, peers.ADMIN, "lab/25", ["set", "x", 1]) == []
    clock.seconds += 3600
    assert refused_of(exchange, PRODUCER, "lab/26", ["set", "x", 1]) == []
    assert refused_of(exchange, PRODUCER, "lab/27", ["set", "x", 1]) == ["too-many"]
    clock.seconds += 10 * 86_400
    made = [refused_of(exchange, PRODUCER, f"lab/{number}", ["set", "x", 1]) for number in range(30, 56)]
    assert made.count([]) == 24
    await commits.close()


async def test_a_topic_grows_up_to_a_limit_and_can_shrink_again(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight, "LARGEST", 100_000)
    monkeypatch.setattr(weight, "_STEP", 50_000)
    codes: list[str] = []
    for number in range(400):
        codes += refused_of(exchange, PRODUCER, "big", ["put", "m", {f"{number}": "x" * 1000}])
    state = exchange.board.state("big")
    assert state is not None
    assert set(codes) == {"too-large"}
    assert 100_000 < weight.weight_of(state) < 300_000
    for number in range(400):
        assert refused_of(exchange, PRODUCER, "big", ["drop", "m", f"{number}"]) == []
    assert refused_of(exchange, PRODUCER, "big", ["put", "m", {"again": 1}]) == []


async def test_a_topic_at_its_cap_is_never_too_large(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight, "LARGEST", 20_000)
    for number in range(500):
        assert refused_of(exchange, PRODUCER, "list", ["push", "f", ["x" * 1000], 10], ["set", "n", number]) == []


async def test_names_of_dropped_fields_count(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight, "LARGEST", 20_000)
    monkeypatch.setattr(weight, "_STEP", 10_000)
    codes: list[str] = []
    for number in range(200):
        name = f"{number}".zfill(500)
        codes += refused_of(exchange, PRODUCER, "names", ["set", name, 1], ["drop", name])
    assert set(codes) == {"too-large"}
    assert refused_of(exchange, PRODUCER, "names", ["drop"]) == []
    assert refused_of(exchange, PRODUCER, "names", ["set", "x", 1]) == []


@pytest.mark.parametrize("key", ["id", "name", "stream"])
async def test_what_the_hub_remembers_of_a_frame_is_short(key: str) -> None:
    frame = {"t": "hello", "version": 1, "id": "i", key: "x" * 600}
    with pytest.raises(Refused) as caught:
        check_frame(frame)
    assert caught.value.code == "too-large"


async def test_a_hello_is_short() -> None:
    check_hello({"t": "hello"}, b"x" * 1000)
    with pytest.raises(Refused, match="are the most"):
        check_hello({"t": "hello"}, b"x" * 70_000)


async def test_lists_are_few_and_within_the_rights(exchange: Exchange) -> None:
    watcher = Watcher(exchange, Viewer(exchange.board, exchange.windows))
    for number in range(MAX_LISTS):
        await watcher.watch({"id": f"{number}", "query": {"prefix": f"lab{number}"}}, peers.GUEST)
    await watcher.watch({"id": "0", "query": {"prefix": "other"}}, peers.GUEST)
    with pytest.raises(Refused) as caught:
        await watcher.watch({"id": "more", "query": {"prefix": "lab"}}, peers.GUEST)
    assert caught.value.code == "too-many"
    with pytest.raises(Refused) as caught:
        await watcher.watch({"id": "0", "query": {"kind": "run"}}, PRODUCER)
    assert caught.value.code == "forbidden"
    watcher.close()


async def test_watched_topics_are_counted_together(exchange: Exchange) -> None:
    watcher = Watcher(exchange, Viewer(exchange.board, exchange.windows))
    names = [f"t{number}" for number in range(1000)]
    for number in range(10):
        await watcher.watch({"id": f"{number}", "topics": names}, peers.GUEST)
    with pytest.raises(Refused) as caught:
        await watcher.watch({"id": "more", "topics": names}, peers.GUEST)
    assert caught.value.code == "too-many"
    watcher.close()


async def test_an_error_of_a_peer_has_the_one_shape() -> None:
    failed = calls.CallFailed("failed", "it failed", "", {"code": 5, "message": ["x"], "more": 1})
    assert failed.error == {"code": "failed", "message": "it failed", "hint": "", "more": 1}


async def test_a_search_reads_a_part_and_says_where_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.log").write_text("nothing\n" * 1000 + "found\n")
    monkeypatch.setattr(logs, "MOST_READ", 4000)
    at, found, answers = 0, [], 0
    while at < 8006:
        page = logs.read_log(tmp_path, {"file": "a.log", "from": 0, "to": 8006}, start=at, search="FOUND")
        assert page.next > at
        at, answers, found = page.next, answers + 1, found + page.lines
    assert (answers, [line["text"] for line in found]) == (3, ["found"])


async def test_what_counts_as_one_address() -> None:
    assert block_of("192.0.2.7") == "192.0.2.7"
    assert block_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert block_of("2001:db8::1") == block_of("2001:db8::ffff:2") != block_of("2001:db8:0:1::1")
    assert block_of("?") == "?"


class Slow(Passwords):
    """While it works, something happens."""

    meanwhile: Any = None

    async def verify(self, kept: str | None, password: str) -> bool:
        fits = await super().verify(kept, password)
        if self.meanwhile is not None:
            await self.meanwhile()
        return fits


async def test_a_user_who_goes_while_logging_in_stays_out() -> None:
    slow = Slow()
    accounts = Accounts(MemoryRecords(), FakeClock(), slow)
    await accounts.add_user("ada", "guest", "correct horse")

    async def replaced() -> None:
        await accounts.remove_user("ada")
        await accounts.add_user("ada", "admin", "another horse")

    slow.meanwhile = replaced
    with pytest.raises(AccountError, match="do not match"):
        await accounts.login("ada", "correct horse", "127.0.0.1")
    assert accounts.sessions.of("ada") == []


async def test_a_token_that_goes_while_it_is_shown_opens_nothing() -> None:
    accounts = Accounts(MemoryRecords(), FakeClock())
    secret, token = await accounts.tokens.make("x", "admin")
    write, gone = accounts.tokens._records.write, []

    async def slowly(changes: Any) -> None:
        await write(changes)
        if not gone:
            gone.append(token)
            await accounts.tokens.remove(token.id)

    accounts.tokens._records.write = slowly
    assert await accounts.by_token(secret) is None
    assert gone == [token]


async def test_a_guess_under_a_huge_name_is_remembered_short() -> None:
    accounts = Accounts(MemoryRecords(), FakeClock())
    with pytest.raises(AccountError):
        await accounts.login("x" * 1_000_000, "guess guess", "127.0.0.1")
    assert max(map(len, accounts._by_name._failed)) <= 100


async def test_what_is_open_on_an_expired_session_ends() -> None:
    clock = FakeClock()
    accounts = Accounts(MemoryRecords(), clock)
    account = await accounts.by_session(await accounts.sessions.open(None))
    assert account is not None
    assert account.session is not None
    heard: list[str] = []
    accounts.sessions.endings.listen(account.session, lambda: heard.append("ended"))
    await accounts.sessions.end_old()
    assert heard == []
    clock.advance(BY_LINK / 1e6 + 1)
    await accounts.sessions.end_old()
    assert heard == ["ended"]
