"""What the tests of the API hold of every refusal."""


def assert_problem(answer, status):
    """An answer that refuses as RFC 9457 says; what it tells."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["detail"]
    return body
