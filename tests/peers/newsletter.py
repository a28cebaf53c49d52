"""An agency's notices by mail, through a mail server that somebody else wrote (aiosmtpd): asked for, confirmed, mailed once,
corrected, withdrawn, left at one click; an address that is refused for good, and one that is busy at first."""
import email
import email.policy
import re
import socket
import threading
import urllib.parse

from aiosmtpd.controller import Controller

import drelwa


class Post:
    """The mail server: keeps what it takes, refuses `gone@` for ever, and `busy@` the first time."""

    def __init__(self):
        self.taken, self.lock, self.busy = [], threading.Lock(), 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@") and self.listed:
            return "550 5.1.1 no such user"
        if address.startswith("busy@") and self.listed and not self.busy:
            self.busy += 1
            return "450 4.2.0 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    # Mails that ask back must arrive: only mailings meet trouble.
    listed = False

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.lock:
            self.taken.append((envelope.rcpt_tos[0], mail))
        return "250 2.0.0 taken"

    def to(self, address, part):
        with self.lock:
            return [m for a, m in self.taken if a == address and part in m["subject"] + m.get_content()]


def main():
    post = Post()
    # The library knocks at its own port, so it wants to know it beforehand.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(post, hostname="127.0.0.1", port=port)
    server.start()
    try:
        with drelwa.Demo(None, "--smtp", f"smtp://127.0.0.1:{port}", "--mail-from", "notices@gov.example") as d:
            walk(d, post)
    finally:
        server.stop()


def form(d, path, **fields):
    body = urllib.parse.urlencode(fields).encode()
    return drelwa.request(d.address + path, "POST", None, body, drelwa.FORM)


def walk(d, post):
    agency = d.call("author", "GET", "/api/v1/me")["agency"]
    seen, out = {}, {}
    readers = ["pema@citizen.example", "gone@citizen.example", "busy@citizen.example"]

    def opened():
        """an agency gets a newsletter, and people say yes by a mail"""
        new = {"agency": agency, "platform": "newsletter", "handle": "Notices"}
        account = d.call("author", "POST", "/api/v1/accounts", new, 201)["id"]
        d.call("lead", "POST", f"/api/v1/accounts/{account}/approval")
        seen["account"] = account
        for address in readers:
            d.call(None, "POST", "/api/v1/subscriptions", {"agency": "MoH", "email": address}, 202)
            mail = d.until("the mail that asks back", lambda: post.to(address, "/newsletter/"), 60)[0]
            out[address] = re.search(r"(/newsletter/[\w-]+)", mail.get_content()).group(1)
            assert form(d, out[address] + "/confirmation")[0] == 303

    def mailings():
        return d.call("author", "GET", f"/api/v1/accounts/{seen['account']}/newsletters")["items"]

    def published(text):
        body = {"agency": agency, "texts": {"en": text, "dz": "གསལ་བསྒྲགས།"}, "accounts": [seen["account"]]}
        made = d.call("author", "POST", "/api/v1/posts", body, 201)["id"]
        d.call("author", "POST", f"/api/v1/posts/{made}/submission", {"version": 1})
        d.call("approver", "POST", f"/api/v1/posts/{made}/approval", {"version": 1})
        return made

    def mailed():
        """a notice is mailed once; who was busy gets it later, who is gone is told apart"""
        post.listed = True
        seen["post"] = published("The clinic opens at eight.")
        for address in ["pema@citizen.example", "busy@citizen.example"]:
            d.until(f"the notice to {address}", lambda: post.to(address, "The clinic opens at eight."), 90)
        d.until("the end of the mailing", lambda: mailings()[0]["done_at"], 150)
        mailing = mailings()[0]
        assert (mailing["sent"], mailing["refused"], mailing["waiting"]) == (2, 1, 0), mailing
        [mail] = post.to("pema@citizen.example", "The clinic opens at eight.")
        text = mail.get_content()
        assert "གསལ་བསྒྲགས།" in text and f"/p/{seen['post']}" in text, text
        assert mail["from"] == "notices@gov.example" and mail["message-id"], mail.as_string()
        # RFC 8058: both headers, and https or (here) the program's own address.
        assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click", mail["list-unsubscribe-post"]
        assert mail["list-unsubscribe"].strip("<>").endswith(out["pema@citizen.example"]), mail["list-unsubscribe"]
        assert len(post.to("busy@citizen.example", "The clinic opens at eight.")) == 1

    def told():
        """who got it gets its correction, and is told when it is withdrawn"""
        path = f"/api/v1/posts/{seen['post']}"
        body = {"texts": {"en": "The clinic opens at nine.", "dz": "གསལ་བསྒྲགས།"}, "note": "The hour was wrong", "version": 1}
        d.call("author", "POST", f"{path}/correction", body)
        d.call("approver", "POST", f"{path}/approval", {"version": 2})
        d.until("the correction", lambda: post.to("pema@citizen.example", "The hour was wrong"), 60)
        d.call("approver", "POST", f"{path}/withdrawal", {"reason": "Closed by snow"})
        d.until("the withdrawal", lambda: post.to("pema@citizen.example", "Closed by snow"), 60)
        assert not post.to("gone@citizen.example", "Closed by snow")

    def left():
        """one click from the mail program, and nothing comes any more"""
        assert form(d, out["pema@citizen.example"], **{"List-Unsubscribe": "One-Click"})[0] == 303
        published("The road is open.")
        d.until("the notice to the other", lambda: post.to("busy@citizen.example", "The road is open."), 60)
        assert not post.to("pema@citizen.example", "The road is open.")

    drelwa.run("newsletter", [opened, mailed, told, left])


if __name__ == "__main__":
    main()
