"""When two items say the same, and when they only look alike."""

from tasks.generation import is_repeat

SAME = [
    ("Write tests", "write the TESTS!"),
    ("Reviewing requirements & acceptance criteria", "Review the requirements, and acceptance criteria."),
    ("Set up the CI/CD pipeline", "setup ci cd pipelines"),
    ("Configure the e-mail server", "Set up email server"),
    ("Add a login page", "Create the login pages"),
    ("Documentation updated", "update the documents"),
    ("Verify that backups can be restored", "Check backup restored"),
    ("Sign-up form tested", "Test the sign up form"),
    ("Optimise the colours", "Optimizing colors"),
    ("Отправить письмо", "отправить  письмо!"),
    ("🚀", " 🚀 "),
    ("Café öffnen", "Cafe\u0301 O\u0308ffnen"),
]
DIFFERENT = [
    ("Write tests for login", "Write tests for registration"),
    ("Deploy on Friday", "Do not deploy on Friday"),
    ("Copy data from A1 to B2", "Copy data from B2 to A1"),
    ("Test step 1", "Test step 2"),
    ("Enable the cache", "Disable the cache"),
    ("Upgrade to 1.2", "Upgrade to 1.3"),
    ("Learn C", "Learn C++"),
    ("Back up before the migration", "Back up after the migration"),
    ("Deploy to production", "Deploy the product"),
    ("Check the form", "Check the format"),
    ("Scale up", "Scale down"),
    ("🚀", "🔥"),
    ("登録", "削除"),
    ("", "Write tests"),
]


def test_items_that_say_the_same_are_repeats():
    missed = [pair for pair in SAME if not is_repeat(pair[0], [pair[1]]) or not is_repeat(pair[1], [pair[0]])]

    assert missed == []


def test_items_that_only_look_alike_are_no_repeats():
    taken = [pair for pair in DIFFERENT if is_repeat(pair[0], [pair[1]]) or is_repeat(pair[1], [pair[0]])]

    assert taken == []


def test_a_repeat_of_any_of_several_is_found():
    assert is_repeat("Write the tests", iter(["Deploy", "Tests to be written", "Review"]))
    assert not is_repeat("Write the tests", iter(["Deploy", "Review"]))
    assert not is_repeat("Write the tests", [])
