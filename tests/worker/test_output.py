"""Lines as they come: print, standard error, logging, threads, and printing without end."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading

import pytest

from quarterdeck.worker.logfile import LogFile, stamp
from quarterdeck.worker.output import LONGEST_LINE, Output


@pytest.fixture
def lines():
    return []


@contextlib.contextmanager
def bare(output):
    """Logging as a program of its own has it: without pytest's handlers, which come in each phase of a test."""
    handlers, logging.root.handlers = logging.root.handlers, []
    try:
        with output:
            yield
    finally:
        logging.root.handlers = handlers


@pytest.fixture
def output(lines):
    # Entered by each test: pytest has streams of its own in each phase of a test.
    return Output(lambda source, text: lines.append((source, text)))


def test_lines_go_out_when_they_end(output, lines):
    with output:
        print("a", "b")
        print("half", end="")
        assert lines == [("O", "a b")]
        print(" whole\nnext", end="")
        print("error", file=sys.stderr)
        assert lines == [("O", "a b"), ("O", "half whole"), ("E", "error")]
        output.finish()
        assert lines[-1] == ("O", "next")
        output.finish()
        assert len(lines) == 4


def test_empty_lines_and_other_separators(output, lines):
    with output:
        sys.stdout.write("\n\u2028x\x0b\r\n")
        assert lines == [("O", ""), ("O", "\u2028x\x0b")]


def test_a_carriage_return_begins_the_line_anew(output, lines):
    with output:
        for percent in range(0, 101, 10):
            sys.stderr.write(f"\r{percent} %")
        sys.stderr.write("\n")
        sys.stderr.write("abc\rd\n")
        assert lines == [("E", "100 %"), ("E", "d")]


def test_progress_without_an_end_takes_no_memory(output, lines):
    with output:
        for _ in range(10_000):
            sys.stderr.write("\r" + "#" * 100)
        assert lines == []
        assert sum(map(len, output.err._parts.values())) <= 101


def test_printing_without_a_line_end_goes_out_in_pieces(output, lines):
    with output:
        for _ in range(100):
            print("x" * 1000, end="")
        assert [len(text) for _, text in lines] == [LONGEST_LINE] * 12
        output.finish()
        assert sum(len(text) for _, text in lines) == 100_000


def test_one_huge_line_comes_in_pieces(output, lines):
    with output:
        print("y" * (2 * LONGEST_LINE + 5))
        assert [len(text) for _, text in lines] == [LONGEST_LINE, LONGEST_LINE, 5]


def test_threads_do_not_mix_their_lines(output, lines):
    with output:
        barrier = threading.Barrier(4)

        def work(letter):
            for _ in range(50):
                print(letter, end="")
                barrier.wait()
                print(letter)

        threads = [threading.Thread(target=work, args=[letter]) for letter in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted({text for _, text in lines}) == ["aa", "bb", "cc", "dd"]
        assert len(lines) == 200


def test_logging_has_its_level(output, lines):
    with output:
        logging.getLogger("shop").info("sold %d", 5)
        logging.warning("low\nvery low")
        logging.getLogger("shop").debug("not shown")
        assert lines == [("L:INFO", "shop: sold 5"), ("L:WARNING", "root: low"), ("L:WARNING", "very low")]


def test_basic_config_gives_level_and_format(output, lines):
    with bare(output):
        logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(message)s")
        logging.debug("seen")
        assert lines == [("L:DEBUG", "DEBUG seen")]


def test_a_log_record_that_cannot_be_written_is_told_on_standard_error(output, lines):
    with bare(output):
        logging.warning("%d", "five")
        assert any(source == "E" and "Logging error" in text for source, text in lines)


def test_exceptions_in_threads_are_caught(output, lines, monkeypatch):
    with output:
        thread = threading.Thread(target=lambda: 1 / 0)
        monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
        thread.start()
        thread.join()
        assert ("E", "ZeroDivisionError: division by zero") in lines


def test_bytes_and_the_descriptor(output, lines):
    with output:
        sys.stdout.buffer.write("grün\n".encode())
        sys.stdout.buffer.write(b"\xff\n")
        assert lines == [("O", "grün"), ("O", "\\xff")]
        assert (sys.stdout.fileno(), sys.stderr.fileno()) == (1, 2)
        assert not sys.stdout.isatty()
        with pytest.raises(TypeError, match="must be str"):
            sys.stdout.write(b"x")


def test_everything_is_given_back(lines):
    before = (sys.stdout, sys.stderr, logging.basicConfig, logging.root.level, list(logging.root.handlers))
    with Output(lambda source, text: lines.append((source, text))):
        assert sys.stdout is not before[0]
    assert (sys.stdout, sys.stderr, logging.basicConfig, logging.root.level, list(logging.root.handlers)) == before


def test_the_file_of_the_day(tmp_path):
    log = LogFile(str(tmp_path), "script/my%20script")
    first = log.begin(1_000_000)
    log.write(1_000_001, "O", "grün \ud800")
    second = log.begin(2_000_000)
    log.write(86_400_000_000, "L:INFO", "the next day, the same run")
    path = tmp_path / "script" / "my%20script" / "1970-01-01.log"
    assert log.name == "script/my%20script/1970-01-01.log"
    assert path.read_text() == (
        "1970-01-01T00:00:01.000001Z O grün \\ud800\n1970-01-02T00:00:00.000000Z L:INFO the next day, the same run\n"
    )
    assert (first, second) == (0, len("1970-01-01T00:00:01.000001Z O grün \\ud800\n".encode()))
    assert log.end() == path.stat().st_size
    assert log.begin(86_400_000_000) == 0
    assert stamp(1_763_716_179_123_456) == "2025-11-21T09:09:39.123456Z"
    log.close()


def test_a_run_cannot_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("quarterdeck.worker.logfile.LARGEST_RUN", 100)
    log = LogFile(str(tmp_path), "script/s")
    log.begin(0)
    for _ in range(10):
        log.write(0, "O", "x" * 20)
    assert log.end() <= 100
    assert log.left_out == 9
    log.begin(0)
    log.write(0, "O", "again")
    assert log.left_out == 0
    log.close()


def test_a_huge_text_costs_by_its_length(output, lines):
    with output:
        print("x" * 5_000_000)
        print("a\rb" + "y" * 20_000, end="\r")
    assert len(lines) == 625 + 3
    assert {text for _, text in lines[:625]} == {"x" * LONGEST_LINE}
    assert lines[625][1][:2] == "by"


def test_a_stream_that_was_closed_writes_on(output, lines):
    with output:
        print("half", end="")
        sys.stdout.close()
        print("on", flush=True)
    assert lines == [("O", "half"), ("O", "on")]
