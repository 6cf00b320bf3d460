import email
import email.policy
import logging

import pytest
from django.core import mail as outbox
from django.core.exceptions import ValidationError
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.transaction import TransactionManagementError

from mandat.platform.commands import unpark_mail
from mandat.platform.effects import MOST_ATTEMPTS, EffectState
from mandat.platform.mail import message_of, queue_mail, send_mail, write
from mandat.platform.queries import parked_mail
from mandat.platform.tests.running import work_off

WORDS = {"to": "ra@demo.test", "subject": "Votre procuration", "text": "Elle est accordée.\n", "language": "fr"}
TEMPLATES = {
    "granted.fr.txt": "Procuration accordée à {{ name }}\n\nBonjour {{ name }},\n{% now 'F' %}\n",
    "granted.en.txt": "Proxy granted to {{ name }}\n\nHello {{ name }},\n{% now 'F' %}\n",
}


class OutOfOrder(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise ConnectionRefusedError("the mail server is away")


class KilledAfterSending(BaseEmailBackend):
    """A worker that dies between sending and recording so: nothing that follows runs."""

    def send_messages(self, email_messages):
        outbox.outbox.extend(email_messages)
        raise SystemExit


@pytest.fixture
def templates(settings):
    backend = dict(settings.TEMPLATES[0])
    backend["OPTIONS"] = {"loaders": [("django.template.loaders.locmem.Loader", TEMPLATES)]}
    settings.TEMPLATES = [backend]


@pytest.mark.django_db
def test_the_same_key_is_sent_once():
    first = queue_mail(key="granted:1", **WORDS)
    again = queue_mail(key="granted:1", **WORDS | {"text": "autre chose"})
    assert first == again
    work_off()
    send_mail(effect=str(first.public_id))
    assert [each.body for each in outbox.outbox] == ["Elle est accordée.\n"]


@pytest.mark.django_db
def test_what_was_sent_is_no_longer_kept():
    mail = queue_mail(key="code:1", **WORDS)
    work_off()
    mail.refresh_from_db()
    assert (mail.state, mail.text) == (EffectState.DONE, "")
    assert mail.done_at


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_sends_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue_mail(key="undone", **WORDS)
        raise ZeroDivisionError
    with pytest.raises(TransactionManagementError):
        queue_mail(key="outside", **WORDS)
    assert work_off() == 0
    assert not outbox.outbox


@pytest.mark.django_db
def test_a_kill_between_sending_and_recording_sends_twice_at_most_and_the_two_look_alike(settings):
    mail = queue_mail(key="granted:1", **WORDS)
    settings.EMAIL_BACKEND = f"{__name__}.KilledAfterSending"
    with pytest.raises(SystemExit):
        send_mail(effect=str(mail.public_id))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_mail(effect=str(mail.public_id))
    send_mail(effect=str(mail.public_id))
    first, second = (each.message().as_string() for each in outbox.outbox)
    assert first == second


@pytest.mark.django_db
def test_mail_that_cannot_be_sent_is_set_aside_and_never_lost(settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.OutOfOrder"
    mail = queue_mail(key="granted:1", **WORDS)
    with caplog.at_level(logging.ERROR):
        assert work_off(on_failure="again") == MOST_ATTEMPTS
    assert "ra@demo.test" not in caplog.text
    assert parked_mail().get().text == WORDS["text"]

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    unpark_mail(mail=mail.public_id)
    work_off()
    assert len(outbox.outbox) == 1


@pytest.mark.django_db
def test_says_that_a_machine_wrote_it_in_which_language():
    message = message_of(queue_mail(key="granted:1", **WORDS)).message()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "fr"
    assert message["Message-ID"].endswith("@localhost>")


@pytest.mark.django_db
def test_each_key_has_a_message_id_of_its_own():
    one, other = (message_of(queue_mail(key=key, **WORDS)).message() for key in ("granted:1", "granted:2"))
    assert one["Message-ID"] != other["Message-ID"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "to", ["ra@demo.test\nBcc: x@demo.test", "ra@demo.test, x@demo.test", "Ra <ra@demo.test>", "", "ra@demo.test\r\n"]
)
def test_refuses_anything_but_one_plain_address(to):
    with pytest.raises(ValidationError):
        queue_mail(key="k", **WORDS | {"to": to})


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["Bonjour\nBcc: x@demo.test", "a\rb", "a\u2028b", "a\x00b", "", "  "])
def test_refuses_a_subject_that_would_write_headers(subject):
    with pytest.raises(ValueError, match="one line"):
        queue_mail(key="k", **WORDS | {"subject": subject})


@pytest.mark.django_db
def test_text_that_looks_like_headers_stays_text():
    queue_mail(key="k", **WORDS | {"text": "\nBcc: x@demo.test\n.\nQUIT\n"})
    work_off()
    (message,) = outbox.outbox
    assert message.recipients() == ["ra@demo.test"]
    assert "Bcc" not in message.message()


@pytest.mark.parametrize(
    ("language", "subject", "greeting"),
    [
        ("fr", "Procuration accordée à L’Œil & fils <a>", "Bonjour L’Œil & fils <a>,"),
        ("en", "Proxy granted to L’Œil & fils <a>", "Hello L’Œil & fils <a>,"),
    ],
)
def test_a_template_gives_subject_and_text_in_the_language_of_its_reader(templates, language, subject, greeting):
    written = write("granted", language=language, context={"name": "L’Œil & fils <a>"})
    assert written.subject == subject
    assert written.text.startswith(greeting)


@pytest.mark.django_db
def test_in_the_demo_each_message_is_one_readable_file(settings, tmp_path):
    settings.EMAIL_BACKEND = "mandat.platform.mail_folder.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    mail = queue_mail(key="granted:1", **WORDS)
    work_off()
    message_of(mail).send()  # a second time, as after a kill

    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert f"_{mail.to}_" in path.name
    assert "Elle est accordée." in path.read_text()
    read = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (read["To"], read["Subject"]) == ("ra@demo.test", "Votre procuration")


def test_a_hostile_recipient_stays_in_the_folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    backend = "mandat.platform.mail_folder.EmailBackend"
    hostile = outbox.EmailMessage("s", "t", to=["../../x@demo.test"], connection=outbox.get_connection(backend))
    hostile.send()
    assert [each.parent for each in tmp_path.rglob("*.eml")] == [tmp_path / "mail"]
