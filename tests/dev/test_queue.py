"""Which class is tested when."""

from tool import test_queue

TESTS = ["a.py::A::one", "a.py::A::two", "b.py::B::one", "c.py::one"]


def order(known):
    places = test_queue.longest_first(TESTS, known)
    return sorted(places, key=places.get)


def test_the_longest_class_comes_first():
    known = {"a.py::A": 1, "b.py::B": 3, "c.py": 2, "d.py::gone": 9}
    assert order(known) == ["b.py::B", "c.py", "a.py::A"]


def test_what_never_ran_is_guessed():
    assert order({})[0] == "a.py::A", "it has two tests"
    slow = "tests/system/test_mail.py::test_mail"
    places = test_queue.longest_first([*TESTS, slow], {})
    assert places["tests/system/test_mail.py"] == 0


def test_durations_are_remembered(cache_folder):
    assert test_queue.read_seconds() == {}
    test_queue.write_seconds({"a.py::A": 1.5})
    assert test_queue.read_seconds() == {"a.py::A": 1.5}
    test_queue.file().write_text("{")
    assert test_queue.read_seconds() == {}, "a broken file is no reason to stop"
