"""Whether anything is new, as a question to the store."""

from trackbook.store import delete_run
from trackbook.store.stamp import ask_stamp
from trackbook.tracking.start import start_run


def stamp(home):
    with home.asking() as db:
        return ask_stamp(db)


def test_a_question_is_no_news(home):
    with start_run("a") as run:
        run.log_metric("acc", 0.5)
    assert stamp(home) == stamp(home)


def test_whatever_is_logged_or_decided_is_news(home):
    stamps = [stamp(home)]

    def is_news():
        stamps.append(stamp(home))
        return stamps[-1] not in stamps[:-1]

    with start_run("a") as run:
        assert is_news()
        run.log_metric("acc", 0.5)
        assert is_news()
        run.set_tags({"team": "ads"})
        assert is_news()
        run.set_tags({"team": "search"})
        assert is_news()
    assert is_news()
    delete_run(home, run.run_id, actor="somebody")
    assert is_news()
