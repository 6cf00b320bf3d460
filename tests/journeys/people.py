"""Somebody in front of a browser of their own, and what reaches them by mail and by post."""

import email
import email.policy
import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from mandat.demo.people import PASSWORD
from mandat.identity.second_factor import code_of

#: How long somebody waits for what should come by itself: mail, letters, pages that move.
PATIENCE = 30


class Somebody:
    """A person at a browser; what its console complains of is kept."""

    def __init__(self, chromium: Browser, live, locale: str = "fr-CA") -> None:
        self.live, self.secret = live, ""
        window = chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 900}, locale=locale)
        self.page: Page = window.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._keep)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _keep(self, said) -> None:
        is_an_answer = re.search(r"status of (403|404|409|410|422)", said.text)
        if said.type in {"error", "warning"} and not is_an_answer:
            self.complaints.append(said.text)

    def goes_to(self, address: str) -> None:
        self.page.goto(address)

    def clicks(self, name: str, *, exact: bool = True) -> None:
        """Click a button or a link of the page's own part, by its name."""
        main = self.page.get_by_role("main")
        either = main.get_by_role("button", name=name, exact=exact).or_(
            main.get_by_role("link", name=name, exact=exact)
        )
        either.first.click()

    def fills(self, **values: object) -> None:
        """Fill in fields by their names: a text, a choice among a few (its value), a box (True)."""
        for name, value in values.items():
            field = self.page.locator(f'[name="{name}"]')
            kind = field.first.evaluate("each => each.type || each.tagName.toLowerCase()")
            if kind in {"radio", "checkbox"}:
                for each in value if isinstance(value, list) else [value]:
                    (field if each is True else self.page.locator(f'[name="{name}"][value="{each}"]')).first.check()
            elif kind == "select-one":
                field.select_option(str(value))
            else:
                field.fill(str(value))

    def reads(self, text: str | re.Pattern[str]) -> None:
        """See that the page says something, soon."""
        expect(self.page.get_by_role("main")).to_contain_text(text, timeout=PATIENCE * 1000)

    def reads_title(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text, timeout=PATIENCE * 1000)

    def enters(self, sign_in: str) -> None:
        """Sign in as somebody of the demonstration."""
        self.goes_to("/entrer")
        self.fills(login=f"{sign_in}@demo.test", password=PASSWORD)
        self.clicks("Continuer")
        self.fills(code=self.live.code_of(sign_in))
        self.clicks("Entrer")

    def activates(self, link: str, second: str, password: str) -> None:
        """Open an invitation with its two parts, set a second factor up, and keep the spare codes."""
        self.goes_to(link)
        self.fills(second=second, password=password, again=password)
        self.clicks("Activer mon accès")
        self.reads_title("Ajoutez un second facteur")
        self.secret = self.page.locator("code").inner_text().replace(" ", "")
        self.fills(code=self.code())
        self.clicks("Activer")
        self.reads_title("Gardez vos codes de secours")
        self.clicks("Je les ai gardés")

    def code(self) -> str:
        """Return what the person's telephone shows now."""
        return code_of(self.secret, int(time.time()) // 30)

    def proves_again(self) -> None:
        """Give a code that was not used yet."""
        used = int(time.time()) // 30
        while int(time.time()) // 30 == used:
            time.sleep(0.5)
        self.fills(code=self.code())
        self.clicks("Confirmer")


class Post:
    """The folders where a demonstration's mail and letters go."""

    def __init__(self, live) -> None:
        self.folder = Path(live.environment["MANDAT_VAR"])

    def mail_to(self, address: str, *, about: str) -> str:
        """Return the text of the last message to an address whose subject says something, once it is there."""

        def found():
            for path in sorted(self.folder.glob(f"mail/*_{address}_*.eml"), reverse=True):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if about in str(message["Subject"]):
                    return message.get_content()
            return None

        return soon(found, what=f"mail to {address} about {about}")

    def link_to(self, address: str) -> str:
        """Return the activation link last sent to an address."""
        text = self.mail_to(address, about="Activez votre accès")
        return re.search(r"https?://\S+/activer/\S+", text).group()

    def code_on_the_letter_to(self, name: str) -> str:
        """Return the code printed on the letter to somebody."""

        def found():
            for path in sorted(self.folder.glob("post/*.pdf"), reverse=True):
                text = PdfReader(path).pages[0].extract_text()
                if name in text and (code := re.search(r"\b(?:[A-Z0-9]{4}-){2,}[A-Z0-9]{4}\b", text)):
                    return code.group()
            return None

        return soon(found, what=f"letter to {name}")


def soon(find, *, what: str):
    """Return what is found, within a person's patience."""
    until = time.monotonic() + PATIENCE
    while (found := find()) is None:
        assert time.monotonic() < until, what
        time.sleep(0.2)
    return found
