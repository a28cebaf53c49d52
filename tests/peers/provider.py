"""Signing in through a provider of accounts that others wrote and certified: the first binding, the second time, what is
stale, used or tampered with, a suspended person, roles by groups, showing again that it is they, and signing out."""
import http.cookiejar
import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import drelwa

HERE = pathlib.Path(__file__).parent
SECRET = secrets.token_urlsafe(24)


class Issuer:
    """The provider in a process of its own, until the `with` ends. Started anew at the same port, it has other keys."""

    def __init__(self, program):
        self.program, self.port, self.process = program, "0", None

    def __enter__(self):
        node = os.environ.get("TEST_NODE", "node")
        command = [node, str(HERE / "issuer.mjs"), self.program, self.port]
        self.log = tempfile.TemporaryFile()
        env = {**os.environ, "TEST_CLIENT_SECRET": SECRET}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, env=env, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            self.log.seek(0)
            raise SystemExit(f"the provider did not start: {self.process.wait()}\n{self.log.read().decode()}")
        self.port = self.url.rsplit(":", 1)[1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def anew(self):
        self.__exit__()
        self.__enter__()

    def next(self, **told):
        """Whom it lets in next, and how."""
        assert drelwa.request(f"{self.url}/test/next", "POST", None, told)[0] == 200


class Browser:
    """Keeps cookies, follows redirects, and knows every address it came by."""

    def __init__(self, address):
        self.address, self.jar = address, http.cookiejar.CookieJar()
        stay = type("Stay", (urllib.request.HTTPRedirectHandler,), {"redirect_request": lambda self, *a, **k: None})()
        kept = urllib.request.HTTPCookieProcessor(self.jar)
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), stay, kept)

    def once(self, url, form=None):
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            answer = self.opener.open(urllib.request.Request(url, body), timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers.get("location"), answer.read().decode("utf-8", "replace")

    def go(self, path, until=None, form=None):
        """Status and text of the page it ends at; stops before an address with `until` in it, and gives that."""
        url, self.way = urllib.parse.urljoin(self.address, path), []
        for _ in range(20):
            if until and until in url:
                return 0, url
            self.way.append(url)
            status, to, text = self.once(url, form)
            if status not in (302, 303):
                return status, text
            url, form = urllib.parse.urljoin(url, to), None
        raise AssertionError(f"a circle: {self.way}")

    def submit(self, page, action, **fields):
        """Sends a form with the token of the page it stands on."""
        text = self.go(page)[1]
        found = re.search(r'name="csrf" value="([^"]*)"', text)
        return self.go(action, form={"csrf": found.group(1) if found else "", **fields})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    port = free_port()
    data = pathlib.Path(tempfile.mkdtemp(prefix="drelwa-provider-"))
    # Beside the data folder: a demonstration makes its own.
    secret = data.with_suffix(".secret")
    secret.write_text(SECRET + "\n")
    with Issuer(f"http://127.0.0.1:{port}") as issuer:
        settings = ["--listen", f"127.0.0.1:{port}", "--oidc-issuer", issuer.url, "--oidc-client-id", "drelwa",
                    "--oidc-client-secret-file", str(secret), "--oidc-name", "Gov ID",
                    "--oidc-groups", "readers=records@MoH; heads=lead@MoH; approvers=approver@MoH"]
        shown = subprocess.run([drelwa.BINARY, "serve", "--print-config", *settings], capture_output=True, text=True, check=True)
        assert issuer.url in shown.stdout and SECRET not in shown.stdout + shown.stderr, shown.stdout
        try:
            with drelwa.Demo(data, *settings) as demo:
                walk(demo, issuer)
                assert SECRET not in demo.said(), "the secret is in the log"
        finally:
            shutil.rmtree(data, ignore_errors=True)
            data.with_suffix(".log").unlink(missing_ok=True)
            secret.unlink()


def walk(d, issuer):
    author = d.people["author"]["sign-in"]["email"]
    person = d.call("administrator", "GET", f"/api/v1/people?q={urllib.parse.quote(author)}")["items"][0]["id"]
    browser = Browser(d.address)
    me = {"sub": "author-1", "email": author, "amr": ["pwd"]}
    back = "/sign-in/provider/back?"

    def roles():
        held = d.call("administrator", "GET", f"/api/v1/people/{person}")["roles"]
        return [(r["role"], r["decision"], r["live"], r["ended_why"]) for r in held if r["purpose"].startswith("Group ")]

    def enter(who=None, **told):
        issuer.next(**{**me, **told})
        who = who or Browser(d.address)
        return who, who.go("/sign-in/provider?next=/me")

    def begin():
        """the button stands at the sign-in; a person of the register comes in by the verified address, and is bound"""
        status, page = browser.go("/sign-in")
        assert status == 200 and "Sign in with Gov ID" in page, page
        issuer.next(**me)
        status, page = browser.go("/sign-in/provider?next=/me")
        assert status == 200 and author in page and issuer.url in page, (status, page[:2000])
        assert "<td>provider of accounts</td>" in page, page
        asked = next(u for u in browser.way if u.startswith(issuer.url))
        for part in ["code_challenge_method=S256", "state=", "nonce=", "response_type=code"]:
            assert part in asked, asked
        d.until("the mail about it", lambda: any("was bound to your account" in m for m in d.mails()), 30)
        page = Browser(d.address)
        page.submit("/sign-in", "/sign-in", **d.people["administrator"]["sign-in"], next="/desk")
        assert issuer.url in page.go(f"/people/{person}")[1], "whoever manages people sees it"

    def again():
        """the second time by the account itself, whatever its address is now; with a second factor where the provider says so"""
        _, (status, page) = enter(email="renamed@elsewhere.example", amr=["pwd", "mfa"])
        assert status == 200 and "<td>provider of accounts, with second factor</td>" in page, (status, page[:2000])
        bound = [f for f in d.call("records", "GET", "/api/v1/facts?limit=100")["items"] if f["kind"] == "identity.bound"]
        assert len(bound) == 1, bound

    def refuse():
        """whoever is not in the register, has no verified address, or brings another account of a known address stays out"""
        for told, part in [({"sub": "stranger", "email": "stranger@elsewhere.example"}, "Ask the social media lead"),
                           ({"sub": "unverified", "email": d.people["lead"]["sign-in"]["email"], "verified": False}, "has verified"),
                           ({"sub": "author-2"}, "bound to another account")]:
            _, (status, page) = enter(**told)
            assert status == 403 and part in page and 'href="/sign-in"' in page, (status, page)

    def stale():
        """a state of another browser, a made-up one, none, a used one and a used code are each told in a sentence"""
        issuer.next(**me)
        one = Browser(d.address)
        _, came = one.go("/sign-in/provider", until=back)
        for who, url, part in [(Browser(d.address), came, "not begun in this browser"),
                               (one, re.sub(r"state=[^&]*", "state=made-up", came), "not begun in this browser"),
                               (one, re.sub(r"state=[^&]*", "", came), "not begun in this browser")]:
            status, page = who.go(url)
            assert status == 400 and part in page and 'href="/sign-in"' in page, (status, page)
        assert one.go(came)[0] == 200
        status, page = one.go(came)
        assert status == 400 and "used already" in page, (status, page)
        code = re.search(r"code=([^&]*)", came).group(1)
        _, other = one.go("/sign-in/provider", until=back)
        status, page = one.go(re.sub(r"code=[^&]*", f"code={code}", other))
        assert status == 400 and "could not be verified" in page, (status, page)
        _, (status, page) = enter(refuse=True)
        assert status == 400 and "did not sign you in" in page, (status, page)

    def tampered():
        """a token with the answer to another question opens nothing"""
        _, (status, page) = enter(nonce="another")
        assert status == 400 and "could not be verified" in page, (status, page)

    def groups():
        """a group gives a role and its end takes it; who decides about others waits for somebody; what must be apart is refused"""
        who, (status, _) = enter(groups=["readers", "unknown"])
        assert status == 200 and roles() == [("records", "approved", True, None)], roles()
        assert who.go("/records")[0] == 200
        enter(groups=["readers", "heads"])
        assert ("lead", "refused", False, None) in roles(), roles()
        enter(groups=[])
        assert ("records", "approved", False, "group") in roles(), roles()
        assert who.go("/records")[0] == 403
        other = d.people["moderator"]["sign-in"]["email"]
        issuer.next(sub="moderator-1", email=other, groups=["approvers"], amr=["pwd"])
        status, page = Browser(d.address).go("/sign-in/provider?next=/me")
        assert status == 200 and "Group approvers of Gov ID" in page, page
        waits = d.call("administrator", "GET", f"/api/v1/people?q={urllib.parse.quote(other)}")["items"][0]["roles"]
        assert [r["decision"] for r in waits if r["purpose"].startswith("Group ")] == ["waiting"], waits

    def suspended():
        """a suspended person is told so, and comes in again afterwards"""
        chief = Browser(d.address)
        chief.submit("/sign-in", "/sign-in", **d.people["administrator"]["sign-in"], next="/desk")
        page = f"/people/{person}"
        assert chief.submit(page, f"{page}/suspension")[0] == 200
        _, (status, text) = enter()
        assert status == 403 and "is suspended" in text, (status, text)
        assert chief.submit(page, f"{page}/return")[0] == 200
        assert enter()[1][0] == 200

    def anew():
        """showing again that it is they: the provider asks anew, and another's account shows nothing"""
        who, _ = enter()
        issuer.next(**me)
        status, page = who.go("/me/confirm/provider?next=/me/passkeys")
        assert status == 200 and who.way[-1].endswith("/me/passkeys"), who.way
        asked = next(u for u in who.way if u.startswith(issuer.url))
        assert "prompt=login" in asked and "max_age=0" in asked, asked
        assert any("/interaction/" in u for u in who.way), "it was asked again, with a session there"
        issuer.next(sub="moderator-1", email="x@elsewhere.example", amr=["pwd"])
        # Signed out there, and another signs in.
        for cookie in [c for c in who.jar if c.name.startswith("_")]:
            who.jar.clear(cookie.domain, cookie.path, cookie.name)
        status, page = who.go("/me/confirm/provider?next=/me")
        assert status == 400 and "not the one bound to yours" in page, (status, page)

    def keys():
        """the provider has other keys after a while: they are looked up"""
        issuer.anew()
        time.sleep(11)
        _, (status, page) = enter()
        assert status == 200 and author in page, (status, page)

    def leave():
        """signing out ends the session here and shows the way to its end there; the binding can be removed"""
        who, _ = enter()
        status, page = who.submit("/me", "/sign-out")
        end = re.search(r'href="(http[^"]*/session/end[^"]*)"', page)
        assert status == 200 and end, page
        status, _, page = who.once(end.group(1).replace("&#38;", "&").replace("&amp;", "&"))
        assert status == 200 and "logout" in page.lower(), (status, page)
        assert who.go("/me")[1].count('action="/sign-in"') == 1, "the session is over"
        who, (_, page) = enter()
        identity = re.search(r'name="identity" value="(\d+)"', page).group(1)
        status, page = who.submit("/me", "/me/identities/removed", identity=identity)
        assert status == 200 and "None is bound yet" in page, (status, page)

    steps = [begin, again, refuse, stale, tampered, groups, suspended, anew, keys, leave]
    drelwa.run("provider", steps)


if __name__ == "__main__":
    main()
