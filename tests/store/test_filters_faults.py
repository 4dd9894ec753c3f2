"""Where a wrong filter is said to be wrong, and that it is never more than refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trackbook.errors import BadFilter
from trackbook.store.filters import compile_filter, compile_query


# The mark ¦ stands before the character that is at fault.
@pytest.mark.parametrize(
    ("marked", "word"),
    [
        pytest.param("¦metric.acc > 1", "metrics", id="unknown table, did you mean"),
        pytest.param("starred AND ¦param.lr > 1", "params", id="unknown table, later"),
        pytest.param("¦duraton > 1", "duration", id="unknown attribute, did you mean"),
        pytest.param("runs.¦stat = 'x'", "status", id="unknown prefixed attribute"),
        pytest.param("¦accuracy > 0.9", "metrics.NAME", id="a metric without metrics"),
        pytest.param('status = ¦"FINISHED"', "single quotes", id="text in double quotes"),
        pytest.param("¦metrics > 1", "metrics.NAME", id="a table alone"),
        pytest.param("metrics. ¦> 1", "name is missing", id="no name"),
        pytest.param("metrics.¦`` > 1", "empty", id="empty name"),
        pytest.param("metrics.¦1st > 1", "back-quoted", id="name with a digit first"),
        pytest.param("metrics.val¦-loss > 1", "back-quoted", id="name with a dash"),
        pytest.param("metrics.val¦/loss > 1", "back-quoted", id="name with a slash"),
        pytest.param("metrics.acc¦@5 > 1", "back-quoted", id="name with an at"),
        pytest.param("¦status.x = 'a'", "no parts", id="part of an attribute"),
        pytest.param("runs.status.¦x = 'a'", "no parts", id="part of a prefixed attribute"),
        pytest.param("metrics.acc > ¦'high'", "a number", id="number against text"),
        pytest.param("¦'high' < metrics.acc", "a number", id="text against number"),
        pytest.param("status = ¦1", "single quotes", id="text against number literal"),
        pytest.param("status = ¦started_at", "a time", id="text against time"),
        pytest.param("tags.team = ¦true", "text", id="tag against boolean"),
        pytest.param("starred > ¦true", "= and !=", id="boolean order"),
        pytest.param("metrics.acc > ¦'nan'", "NaN", id="more than NaN"),
        pytest.param("metrics.acc = ¦nan", "= 'nan'", id="NaN without quotes"),
        pytest.param("isnan(¦status)", "takes a number", id="a text is never NaN"),
        pytest.param("started_at > ¦'yesterday'", "2026-03-01", id="no date"),
        pytest.param("started_at > ¦'2026-02-30'", "2026-03-01", id="a date that does not exist"),
        pytest.param("started_at > ¦5", "a time", id="time against number"),
        pytest.param("started_at IN ('2026-01-01', ¦'x')", "no time", id="no date in a list"),
        pytest.param("started_at > now() - INTERVAL ¦'7 parsecs'", "unit", id="unknown unit"),
        pytest.param("started_at > now() - INTERVAL ¦'9999999 years'", "thousand", id="very long interval"),
        pytest.param("¦status - INTERVAL '1 day' = started_at", "moves a time", id="interval on text"),
        pytest.param("started_at > ¦INTERVAL '1 day'", "behind a time", id="interval alone"),
        pytest.param("metrics.a ¦+ 1 > 2", "not calculate", id="arithmetic"),
        pytest.param("metrics.a ¦* 2 > 2", "not part", id="product"),
        pytest.param("¦metrics.acc", "Compare metrics.acc", id="a number alone"),
        pytest.param("starred OR ¦'x'", "Compare 'x'", id="text alone"),
        pytest.param("¦1 = 1", "One side", id="two literals"),
        pytest.param("attempt = 1 ¦= 2", "two things", id="chain"),
        pytest.param("0 < attempt ¦< 2", "two things", id="chain as in mathematics"),
        pytest.param("attempt = ¦NULL", "IS NULL", id="equals NULL"),
        pytest.param("attempt IS ¦3", "IS is followed", id="IS 3"),
        pytest.param("attempt IS NOT ¦TRUE", "IS is followed", id="IS NOT TRUE"),
        pytest.param("¦5 IS NULL", "never NULL", id="literal IS NULL"),
        pytest.param("attempt IN ¦3", "list", id="IN without list"),
        pytest.param("attempt IN (¦)", "value is missing", id="empty list"),
        pytest.param("attempt IN (1, ¦)", "value is missing", id="list with a comma at its end"),
        pytest.param("attempt IN (1 ¦OR 2)", "commas only", id="no list"),
        pytest.param("params.a IN (1, ¦params.b)", "holds numbers", id="name in a list"),
        pytest.param("name LIKE ¦name", "LIKE 'resnet%'", id="LIKE a name"),
        pytest.param("¦metrics.acc LIKE '0%'", "looks into a text", id="LIKE on a number"),
        pytest.param("name LIKE 'x' ¦ESCAPE '!'", "missing", id="ESCAPE"),
        pytest.param("¦max(metrics.acc) > 1", "no function", id="unknown function"),
        pytest.param("abs(¦status) > 1", "takes a number", id="function of the wrong kind"),
        pytest.param("lower(¦'A') = 'a'", "takes a metric", id="function of a literal"),
        pytest.param("abs(¦abs(metrics.a)) > 1", "takes a metric", id="function of a function"),
        pytest.param("abs(metrics.a¦, 1) > 1", "closing )", id="too many arguments"),
        pytest.param("round(metrics.a, ¦99) > 1", "decimals", id="too many decimals"),
        pytest.param("metrics.min¦(1) > 1", "missing", id="a metric is no function"),
        pytest.param("starred ¦starred", "missing", id="two names"),
        pytest.param("name = 'a' ¦'b'", "missing", id="two texts"),
        pytest.param("¦AND starred", "value is missing", id="AND at the beginning"),
        pytest.param("starred AND¦", "at the end", id="AND at the end"),
        pytest.param("starred AND ¦OR starred", "value is missing", id="AND OR"),
        pytest.param("attempt > ¦= 1", "value is missing", id="two signs"),
        pytest.param("attempt = ¦NOT 1", "value is missing", id="NOT before a value"),
        pytest.param("starred ¦NOT", "NOT stands", id="NOT behind a name"),
        pytest.param("NOT¦", "at the end", id="NOT alone"),
        pytest.param("(starred AND ¦(attempt = 1", "never closed", id="open parenthesis"),
        pytest.param("starred¦) OR (starred", "closes nothing", id="closing parenthesis"),
        pytest.param("(¦) OR starred", "value is missing", id="empty parentheses"),
        pytest.param("attempt = (¦starred OR starred)", "condition", id="condition as a value"),
        pytest.param("(starred¦, starred)", "comma", id="a row"),
        pytest.param("name = ¦'x", "never closed", id="open text"),
        pytest.param("name = 'it''s' AND metrics.¦`x > 1", "never closed", id="open name"),
        pytest.param("starred ¦-- AND", "comments", id="line comment"),
        pytest.param("¦/* x */ starred", "comments", id="block comment"),
        pytest.param("starred¦; DROP TABLE runs", "not part", id="semicolon"),
        pytest.param("starred OR ¦EXISTS (SELECT 1)", "function", id="EXISTS"),
        pytest.param("attempt IN (¦SELECT 1)", "not part", id="sub-query"),
        pytest.param("¦SELECT 1", "not part", id="statement"),
        pytest.param("¦CASE WHEN starred THEN 1 END", "not part", id="CASE"),
        pytest.param("¦CAST(attempt AS TEXT) = '1'", "no function", id="CAST"),
        pytest.param("attempt¦::text = '1'", "not part", id="short cast"),
        pytest.param("attempt = ¦$1", "not part", id="parameter"),
        pytest.param("attempt = ¦?", "not part", id="question mark"),
        pytest.param("attempt = 1 ¦|| 2", "not part", id="concatenation"),
        pytest.param("¦show tables", "not part", id="command"),
        pytest.param("name = 'a¦\0b'", "NUL", id="NUL"),
        pytest.param("name = '¦\ud800'", "half", id="half a character"),
        pytest.param("name = 'é😀' AND ¦foo = 1", "attribute", id="characters count, not bytes"),
        pytest.param("starred AND\n  ¦foo = 1", "attribute", id="second line"),
        pytest.param("(" * 20 + "¦(starred" + ")" * 21, "nested", id="deep parentheses"),
        pytest.param("NOT " * 20 + "¦NOT starred", "nested", id="many negations"),
    ],
)
def test_a_wrong_filter_is_refused_at_the_place_of_its_fault(marked, word):
    text = marked.replace("¦", "")
    with pytest.raises(BadFilter) as caught:
        compile_filter(text)
    assert (caught.value.text, caught.value.position) == (text, marked.index("¦"))
    assert word in caught.value.reason


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param("¦metric.acc DESC", id="unknown name"),
        pytest.param("started_at ¦DOWN", id="unknown direction"),
        pytest.param("started_at DESC NULLS ¦MIDDLE", id="unknown place of NULL"),
        pytest.param("started_at¦, name", id="two terms in one"),
        pytest.param("¦1", id="number"),
        pytest.param("¦", id="nothing"),
        pytest.param("started_at¦; DROP TABLE runs", id="statement"),
    ],
)
def test_a_wrong_order_is_refused_at_the_place_of_its_fault(marked):
    with pytest.raises(BadFilter) as caught:
        compile_query("", ["name", marked.replace("¦", "")])
    assert caught.value.position == marked.index("¦")


def test_a_filter_longer_than_a_page_or_two_is_refused():
    with pytest.raises(BadFilter, match="10000 characters"):
        compile_filter("starred" + " " * 10_000)


def test_more_names_than_a_database_can_join_are_refused():
    text = " AND ".join(f"metrics.m{number} > 0" for number in range(61))
    with pytest.raises(BadFilter, match="60 metrics") as caught:
        compile_filter(text)
    assert text[caught.value.position :] == "metrics.m60 > 0"


def test_a_caller_deep_in_the_stack_gets_an_answer_or_a_refusal():
    def dive(levels):
        if levels:
            return dive(levels - 1)
        try:
            return compile_filter("(" * 20 + "starred" + ")" * 20)
        except BadFilter as refused:
            return refused.reason

    for levels in range(0, sys.getrecursionlimit() - 150, 50):
        dive(levels)


def test_sqlglot_is_imported_by_the_first_filter_only():
    code = "import sys, trackbook.store.filters; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
