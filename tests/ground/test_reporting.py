from chatapp.reporting import without_secrets


def test_a_report_carries_no_person_no_body_and_no_address_that_opens_something() -> None:
    report = without_secrets(
        {
            "transaction": "/s/a-token/",
            "user": {"id": "5"},
            "request": {
                "method": "POST",
                "url": "https://chat.example.org/join/a-secret/?next=/c/1/",
                "data": {"text": "hello"},
                "cookies": {"parley_session": "a-key"},
                "headers": {"Cookie": "a-key"},
            },
        },
        {},
    )

    assert report == {
        "transaction": "/s/…/",
        "request": {"method": "POST", "url": "https://chat.example.org/join/…/"},
    }


def test_a_report_of_a_database_error_says_what_is_wrong_and_not_what_was_written() -> None:
    quoted = (
        "unsupported Unicode escape sequence\nLINE 1: SELECT 'a canary'\nDETAIL:  No.\nCONTEXT:  a canary"
    )
    report = without_secrets({"exception": {"values": [{"type": "DataError", "value": quoted}]}}, {})

    assert report["exception"]["values"] == [
        {"type": "DataError", "value": "unsupported Unicode escape sequence"}
    ]
