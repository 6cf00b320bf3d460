"""What the provider refuses, by the names of OAuth and OpenID Connect."""


class OAuthRefused(Exception):
    """A refusal for a program: its code (RFC 6749, OpenID Connect Core), and why, in English."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(f"{code}: {why}")
        self.code, self.why = code, why


class InvalidRequest(OAuthRefused):
    """The request is not in order."""

    def __init__(self, why: str) -> None:
        super().__init__("invalid_request", why)


class InvalidGrant(OAuthRefused):
    """The code or the refresh token gives nothing: unknown, used, expired, another’s, or its entry has ended."""

    def __init__(self, why: str) -> None:
        super().__init__("invalid_grant", why)


class InvalidClient(OAuthRefused):
    """The client has not proven that it is itself. The answer never says more."""

    def __init__(self) -> None:
        super().__init__("invalid_client", "client authentication failed")


class InvalidToken(OAuthRefused):
    """The access token opens nothing."""

    def __init__(self) -> None:
        super().__init__("invalid_token", "the access token is unknown, expired or ended")


class TooOften(OAuthRefused):
    """The service failed too often: it may go on after some seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__("temporarily_unavailable", f"too many failures: try again in {seconds} seconds")
        self.seconds = seconds


class CannotReturn(Exception):
    """Nothing in the request says safely where to return: the person is told on a page of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
