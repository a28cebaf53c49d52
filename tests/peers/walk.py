"""The main job over the API alone, against a real process: from the register to the public and back, with the refusals
on the way."""
import json
import pathlib
import urllib.parse

import drelwa

PICTURE = (pathlib.Path(drelwa.ROOT) / "crates/connect/tests/red.png").read_bytes()


def main():
    with drelwa.Demo() as demo:
        walk(demo)


def walk(d):
    me = d.call("author", "GET", "/api/v1/me")
    agency, seen = me["agency"], {}

    def register():
        """agencies, accounts and official addresses are found"""
        found = d.call(None, "GET", "/api/v1/agencies?kind=ministry&q=Health")["items"]
        assert any(a["id"] == agency for a in found), found
        gewogs, after = 0, ""
        while True:
            page = d.call(None, "GET", f"/api/v1/agencies?kind=gewog&limit=100{after}")
            gewogs += len(page["items"])
            if "next" not in page:
                break
            after = f"&after={page['next']}"
        assert gewogs == 205, gewogs
        accounts = d.call("author", "GET", "/api/v1/accounts?state=live")["items"]
        seen["site"] = next(a for a in accounts if a["platform"] == "site")
        seen["practice"] = next(a for a in accounts if a["platform"] == "simulator")
        url = urllib.parse.quote(seen["practice"]["url"])
        assert d.call(None, "GET", f"/api/v1/verify?url={url}")["status"] == "official"
        assert d.call(None, "GET", "/api/v1/verify?url=https://example.org/@nobody")["status"] == "unknown"
        d.call(None, "GET", "/api/v1/accounts", expect=401)
        d.call("not-a-token", "GET", "/api/v1/accounts", expect=401)

    def write():
        """a draft with a picture, its next version, and the stale one refused"""
        body, headers = drelwa.multipart({"agency": agency, "alt_en": "A red dot", "alt_dz": "ཐིག་དམརཔོ།"}, PICTURE)
        status, _, answer = drelwa.request(f"{d.address}/api/v1/media", "POST", d.token("author"), body, headers)
        assert status == 201, answer
        media = json.loads(answer)["id"]
        draft = {"agency": agency, "texts": {"en": "Walk-in clinic on Saturday"}, "media": [media]}
        d.call("author", "POST", "/api/v1/posts", {**draft, "colour": 1}, 422)
        first = d.call("author", "POST", "/api/v1/posts", draft, 201, key="the-draft")
        again = d.call("author", "POST", "/api/v1/posts", draft, 201, key="the-draft")
        assert first["id"] == again["id"], "the same key does the work once"
        d.call("author", "POST", "/api/v1/posts", {**draft, "media": []}, 422, key="the-draft")
        seen["post"] = f"/api/v1/posts/{first['id']}"
        d.refused("author", "POST", f"{seen['post']}/submission", {"version": 1}, "no-text-dz", "no-account")
        change = {"version": 1, "texts": {"en": "Walk-in clinic on Saturday", "dz": "གཟའ་སྤེན་པར་ སྨན་ཁང་།"},
                  "accounts": [seen["site"]["id"], seen["practice"]["id"]]}
        assert d.call("author", "PATCH", seen["post"], change)["version"] == 2
        d.refused("author", "PATCH", seen["post"], change, "stale-version")

    def approve():
        """approval by somebody else of exactly the version seen, and of no other"""
        post = seen["post"]
        d.call("approver", "POST", f"{post}/submission", {"version": 2}, 403)
        d.call("author", "POST", f"{post}/submission", {"version": 2})
        d.call("author", "POST", f"{post}/approval", {"version": 2}, 403)
        d.refused("approver", "POST", f"{post}/approval", {"version": 1}, "stale-version")
        d.refused("approver", "POST", f"{post}/rejection", {"version": 2, "reason": ""}, "no-reason")
        assert d.call("approver", "POST", f"{post}/approval", {"version": 2})["state"] == "approved"

    def deliver():
        """one delivery per account, each sent once"""
        def went():
            items = d.call("author", "GET", f"{seen['post']}/deliveries")["items"]
            return items if len(items) == 2 and all(i["state"] == "sent" for i in items) else None
        items = d.until("both deliveries", went, 30)
        assert all(len(i["attempts"]) == 1 for i in items), items
        public = next(i["url"] for i in items if i["platform"] == "site")
        status, _, page = drelwa.request(public)
        assert status == 200 and "Walk-in clinic on Saturday" in page and "<script" not in page.lower().replace("<script src", "")

    def go_wrong():
        """a lost answer on the practice network ends in one post"""
        d.call("author", "POST", "/api/v1/simulator/faults", {"fault": "fire"}, 422)
        d.call("author", "POST", "/api/v1/simulator/faults", {"fault": "drop-after", "account": seen["practice"]["handle"]})
        body = {"agency": agency, "texts": {"en": "Ambulance hours", "dz": "ནད་པའི་སྣུམ་འཁོར།"}, "accounts": [seen["practice"]["id"]]}
        post = d.call("author", "POST", "/api/v1/posts", body)["id"]
        d.call("author", "POST", f"/api/v1/posts/{post}/submission", {"version": 1})
        d.call("approver", "POST", f"/api/v1/posts/{post}/approval", {"version": 1})
        look = lambda: next((i for i in d.call("author", "GET", f"/api/v1/posts/{post}/deliveries")["items"] if i["state"] == "sent"), None)
        delivery = d.until("the delivery whose answer was lost", look, 150)
        assert delivery["remote_id"], delivery

    def answer():
        """a citizen's comment comes in and is answered in the words somebody else approved"""
        citizen = d.citizen("walker@citizen.example", "Walker")
        comments = f"{seen['post']}/comments"
        d.call(None, "POST", comments, {"text": "Hello"}, 401)
        d.call(citizen, "POST", comments, {"text": " "}, 422)
        comment = d.call(citizen, "POST", comments, {"text": "Is it open to children?"})
        assert d.call(citizen, "POST", comments, {"text": "Is it open to children?"})["id"] == comment["id"], "sent twice"
        inbox = d.call("author", "GET", "/api/v1/messages?state=open")["items"]
        assert inbox[0]["id"] == comment["id"], inbox[0]
        replies = f"/api/v1/messages/{comment['id']}/replies"
        reply = d.call("author", "POST", replies, {"text": "Yes, from nine o'clock"})
        assert reply["state"] == "waiting"
        d.refused("author", "POST", replies, {"text": "Yes"}, "answer-waiting")
        approval = f"/api/v1/replies/{reply['id']}/approval"
        d.call("author", "POST", approval, {"content_hash": reply["content_hash"]}, 403)
        d.refused("approver", "POST", approval, {"content_hash": "0"}, "other-words")
        assert d.call("approver", "POST", approval, {"content_hash": reply["content_hash"]})["state"] == "sent"
        seen["citizen"] = citizen

    def moderate():
        """hidden on a ground, told to the author, appealed against, brought back by somebody else"""
        spam = d.call(seen["citizen"], "POST", f"{seen['post']}/comments", {"text": "Cheap telephones here"})
        decisions = f"/api/v1/messages/{spam['id']}/decisions"
        d.refused("moderator", "POST", decisions, {"action": "hide", "reason": "bad"}, "no-reason", "no-ground")
        body = {"action": "hide", "ground": "MG-5", "reason": "It advertises telephones"}
        d.call("author", "POST", decisions, body, 403)
        decision = d.call("moderator", "POST", decisions, body)
        mails = lambda: any("It advertises telephones" in mail for mail in d.mails())
        d.until("the notice to the author", mails, 30)
        appeal = f"/api/v1/decisions/{decision['id']}/appeal"
        d.call(None, "POST", appeal, {"text": "It was a joke"}, 401)
        lodged = d.call(seen["citizen"], "POST", appeal, {"text": "It was a joke"})
        d.refused(seen["citizen"], "POST", appeal, {"text": "Really"}, "appealed")
        outcome = {"outcome": "overturn", "reason": "It is a joke and harms nobody"}
        d.call("moderator", "POST", f"/api/v1/appeals/{lodged['id']}/decision", outcome, 403)
        assert d.call("lead", "POST", f"/api/v1/appeals/{lodged['id']}/decision", outcome)["state"] == "overturned"
        assert d.call("author", "GET", f"/api/v1/messages/{spam['id']}")["visibility"] == "shown"

    def correct_and_withdraw():
        """a correction replaces what is out once approved; a withdrawal takes it down"""
        texts = {"en": "Walk-in clinic on Sunday", "dz": "གཟའ་ཉི་མར་ སྨན་ཁང་།"}
        d.refused("author", "POST", f"{seen['post']}/correction", {"version": 2, "texts": texts, "note": ""}, "no-note")
        d.call("author", "POST", f"{seen['post']}/correction", {"version": 2, "texts": texts, "note": "The day was wrong"})
        d.call("approver", "POST", f"{seen['post']}/approval", {"version": 3})
        state = lambda wanted, version: lambda: all(
            i["state"] == wanted and i["sent_version"] == version for i in d.call("author", "GET", f"{seen['post']}/deliveries")["items"])
        d.until("the correction", state("sent", 3), 30)
        d.refused("author", "POST", f"{seen['post']}/withdrawal", {"reason": "Over"}, "not-yours")
        d.call("approver", "POST", f"{seen['post']}/withdrawal", {"reason": "The doctor is ill"})
        d.until("the withdrawal", state("taken-down", 3), 30)

    def prove():
        """every step is a fact, and the public log takes it in and signs"""
        facts = d.call("records", "GET", f"/api/v1/facts?subject=post:{seen['post'].rsplit('/', 1)[1]}&limit=200")["items"]
        kinds = [f["kind"] for f in facts]
        for kind in ["post.drafted", "post.submitted", "post.approved", "post.withdrawn"]:
            assert kind in kinds, kinds
        d.call("author", "GET", "/api/v1/facts", expect=403)
        newest = d.call("records", "GET", "/api/v1/facts?limit=1")["items"][0]["id"]
        placed = lambda: d.call("records", "GET", f"/api/v1/facts/{newest}").get("log_index") is not None
        d.until("the newest fact in the log", placed, 30)
        status, _, checkpoint = drelwa.request(f"{d.address}/log/checkpoint")
        origin, size, root = checkpoint.split("\n")[:3]
        assert status == 200 and int(size) > 50 and len(root) == 44 and "\n\n— " in checkpoint, checkpoint

    steps = [register, write, approve, deliver, go_wrong, answer, moderate, correct_and_withdraw, prove]
    drelwa.run("walk", steps)


if __name__ == "__main__":
    main()
