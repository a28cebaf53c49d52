"""The program and a Mastodon-API server that somebody else wrote: an account is connected, an approved post is published
there, a citizen answers there, and is answered from the workspace — everything on our side over the API alone. Needs
DRELWA_TEST_MASTODON_URL, DRELWA_TEST_MASTODON_TOKEN (the agency's account) and DRELWA_TEST_MASTODON_CITIZEN_TOKEN."""
import html
import json
import os
import re

import drelwa

SERVER = os.environ["DRELWA_TEST_MASTODON_URL"]
KEY = os.environ["DRELWA_TEST_MASTODON_TOKEN"]
CITIZEN = os.environ["DRELWA_TEST_MASTODON_CITIZEN_TOKEN"]


def theirs(method, path, token, body=None):
    """One call to the server itself, past our program."""
    status, _, answer = drelwa.request(SERVER + path, method, token, body)
    assert status == 200, f"{method} {path}: {status} {answer[:500]}"
    return json.loads(answer)


def words(status):
    return html.unescape(re.sub(r"<[^>]*>", " ", status["content"]))


def main():
    with drelwa.Demo() as demo:
        walk(demo)


def walk(d):
    agency = d.call("author", "GET", "/api/v1/me")["agency"]
    account = theirs("GET", "/api/v1/accounts/verify_credentials", KEY)
    seen = {}

    def connect():
        """an account is asked for, approved, and proven with its token; a wrong one is told"""
        asked = {"agency": agency, "platform": "mastodon", "handle": account["acct"], "url": account["url"]}
        d.refused("author", "POST", "/api/v1/accounts", asked, "no-purpose", "no-scope", "no-cadence", "overlap")
        asked |= {"purpose": "Roads in plain words", "scope": "All roads, for everybody", "per_week": 5, "apart": "A server of its own"}
        made = d.call("author", "POST", "/api/v1/accounts", asked, 201)
        path = f"/api/v1/accounts/{made['id']}"
        d.refused("author", "POST", f"{path}/connection", {"base_url": SERVER, "token": KEY}, "wrong-state")
        d.call("lead", "POST", f"{path}/approval")
        d.call("author", "POST", f"{path}/connection", {"base_url": SERVER, "token": "wrong"}, 422)
        d.call("author", "POST", f"{path}/connection", {"base_url": SERVER, "token": CITIZEN}, 422)
        live = d.call("author", "POST", f"{path}/connection", {"base_url": SERVER, "token": KEY})
        assert live["state"] == "live" and KEY not in json.dumps(live), live
        seen["account"] = made["id"]

    def publish():
        """an approved post is on the server, once, in the approved words"""
        texts = {"en": "The road to Gasa is open again. Drive slowly.", "dz": "མགར་སའི་གཞུང་ལམ་ ལོག་ཁ་ཕྱེ་ཡི།"}
        body = {"agency": agency, "texts": texts, "accounts": [seen["account"]]}
        post = d.call("author", "POST", "/api/v1/posts", body, 201)["id"]
        d.call("author", "POST", f"/api/v1/posts/{post}/submission", {"version": 1})
        d.call("approver", "POST", f"/api/v1/posts/{post}/approval", {"version": 1})
        def sent():
            return next((i for i in d.call("author", "GET", f"/api/v1/posts/{post}/deliveries")["items"] if i["state"] == "sent"), None)
        delivery = d.until("the post on the server", sent, 60)
        status = theirs("GET", f"/api/v1/statuses/{delivery['remote_id']}", KEY)
        assert "The road to Gasa is open again" in words(status) and texts["dz"] in words(status), words(status)
        assert delivery["url"].startswith(SERVER), delivery
        mine = theirs("GET", f"/api/v1/accounts/{account['id']}/statuses", KEY)
        assert sum("The road to Gasa" in words(s) for s in mine) == 1, "published exactly once"
        seen["post"], seen["remote"] = post, delivery["remote_id"]

    def read():
        """a citizen's answer on the server comes into the inbox, under its post"""
        text = f"@{account['username']} Is the bridge open for lorries?"
        reply = theirs("POST", "/api/v1/statuses", CITIZEN, {"status": text, "in_reply_to_id": seen["remote"]})
        def came():
            items = d.call("author", "GET", "/api/v1/messages?state=open")["items"]
            return next((m for m in items if m["platform"] == "mastodon"), None)
        message = d.until("the answer in the inbox", came, 150)
        assert "Is the bridge open for lorries?" in message["text"], message
        assert message["post"] == seen["post"] and message["account"] == seen["account"], message
        seen["message"], seen["reply"] = message["id"], reply["id"]

    def answer():
        """the approved answer stands under the citizen's words on the server"""
        text = "Yes, up to ten tonnes."
        waiting = d.call("author", "POST", f"/api/v1/messages/{seen['message']}/replies", {"text": text}, 201)
        assert waiting["state"] == "waiting"
        approval = {"content_hash": waiting["content_hash"]}
        d.call("approver", "POST", f"/api/v1/replies/{waiting['id']}/approval", approval)
        def out():
            answers = d.call("author", "GET", f"/api/v1/messages/{seen['message']}")["answers"]
            return next((a for a in answers if a["state"] == "sent"), None)
        d.until("the answer on the server", out, 60)
        mine = theirs("GET", f"/api/v1/accounts/{account['id']}/statuses", KEY)
        found = [s for s in mine if text in words(s)]
        assert len(found) == 1 and found[0]["in_reply_to_id"] == seen["reply"], found
        assert d.call("author", "GET", f"/api/v1/messages/{seen['message']}")["state"] == "answered"

    drelwa.run("mastodon", [connect, publish, read, answer])


if __name__ == "__main__":
    main()
