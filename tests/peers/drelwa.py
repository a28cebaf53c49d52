"""What the scripts of this folder share: the program in a folder of its own, and calls over HTTP. Standard library only."""
import email
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("DRELWA_BINARY", str(ROOT / "target/debug/drelwa"))
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}), type("Stay", (urllib.request.HTTPRedirectHandler,), {
    "redirect_request": lambda self, *a, **k: None})())


class Demo:
    """`drelwa demo --json`, until the `with` ends."""

    def __init__(self, data=None, *more):
        self.own = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="drelwa-peers-"))
        self.more = list(more)

    def __enter__(self):
        self.log = open(self.data.with_suffix(".log"), "w+b")
        command = [BINARY, "demo", "--json", "--listen", "127.0.0.1:0", "--data", str(self.data), *self.more]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the program did not start: {self.process.wait()}\n{self.said()}")
        told = json.loads(line)
        self.address, self.people, self.mail = told["address"], told["people"], pathlib.Path(told["mail"])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        if self.own:
            shutil.rmtree(self.data, ignore_errors=True)
            self.data.with_suffix(".log").unlink(missing_ok=True)

    def said(self):
        self.log.flush()
        return self.data.with_suffix(".log").read_text(errors="replace")[-4000:]

    def token(self, role):
        return self.people[role]["token"]

    def call(self, who, method, path, body=None, expect=None, key=None):
        """One call as somebody (a role of the cast, a token, or nobody); the answer's JSON. Every POST carries a key."""
        token = self.people.get(who, {}).get("token", who)
        headers = {"idempotency-key": key or str(uuid.uuid4())} if method == "POST" else {}
        status, sent, answer = request(self.address + path, method, token, body, headers)
        wanted = expect or (201, 200)
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        told = json.loads(answer) if answer else None
        assert status in wanted, f"{method} {path} as {who}: {status} instead of {wanted}\n{answer[:2000]}"
        if status >= 400:
            assert sent["content-type"] == "application/problem+json", sent
            assert told["status"] == status and len(told["detail"]) > 10, told
        return told

    def refused(self, who, method, path, body, *codes):
        """A refusal of the rules, with all its reasons at once."""
        told = self.call(who, method, path, body, 409)
        found = [r["code"] for r in told.get("refusals", [])]
        assert all(code in found for code in codes), f"{path}: {found} instead of {codes}"
        return told

    def until(self, what, look, seconds=100):
        """What the background work brings about; looks until it is there."""
        end = time.monotonic() + seconds
        while True:
            found = look()
            if found:
                return found
            assert time.monotonic() < end, f"{what}: not within {seconds} seconds\n{self.said()}"
            time.sleep(0.5)

    def mails(self):
        """The words of every mail that went out, oldest first."""
        # A mail that is being written has another name until it is whole.
        files = sorted(self.mail.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        told = [email.message_from_bytes(f.read_bytes()) for f in files]
        return [m.get_payload(decode=True).decode("utf-8", "replace") for m in told if not m.is_multipart()]

    def citizen(self, address, name):
        """Signs a member of the public in through the mailed link; gives the session's token."""
        form = urllib.parse.urlencode({"email": address, "next": "/"}).encode()
        known = len(self.mails())
        assert request(f"{self.address}/citizen/sign-in", "POST", None, form, FORM)[0] == 200
        def link():
            fresh = [t for t in self.mails()[known:] if "/citizen/enter/" in t]
            return fresh and re.search(r"/citizen/enter/([\w-]+)", fresh[0]).group(1)
        entry = f"{self.address}/citizen/enter/{self.until('the mail with the link', link, 30)}"
        assert request(entry, "GET")[0] == 200
        form = urllib.parse.urlencode({"name": name}).encode()
        status, headers, _ = request(entry, "POST", None, form, FORM)
        assert status == 303, status
        assert request(entry, "POST", None, form, FORM)[0] == 404, "a link is good once"
        return headers["set-cookie"].split("=", 1)[1].split(";")[0]


FORM = {"content-type": "application/x-www-form-urlencoded"}


def request(url, method="GET", token=None, body=None, headers=None):
    """Status, headers and text of one answer; redirects are not followed."""
    headers = dict(headers or {})
    if token:
        headers["authorization"] = f"Bearer {token}"
    if body is not None and not isinstance(body, bytes):
        body, headers["content-type"] = json.dumps(body).encode(), "application/json"
    asked = urllib.request.Request(url, body, headers, method=method)
    try:
        answer = NO_PROXY.open(asked, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")


def multipart(fields, file):
    """A form with a file: its body and headers."""
    parts = [f'--b\r\ncontent-disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()]
    parts.append(b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + file + b"\r\n--b--\r\n")
    return b"".join(parts), {"content-type": "multipart/form-data; boundary=b"}


def run(name, steps):
    """Runs the steps in order and tells each; the last line counts them."""
    for step in steps:
        started = time.monotonic()
        step()
        print(f"  {name}: {step.__doc__.strip()} ({time.monotonic() - started:.1f} s)", flush=True)
    print(f"{name}: {len(steps)} passed, 0 failed", flush=True)
