"""The feed of a podcast of a running demonstration, read by podcastparser, which others wrote; and what RSS 2.0, Apple and the
podcast namespace demand. An agency opens a show, adds a recording, corrects the episode and withdraws it.

Takes what the demonstration says of itself, as JSON. Fails at the first thing that is not as it should be.
"""

import email.utils
import io
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
import xml.etree.ElementTree as ET

import podcastparser

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nWash your hands."


def sound(seconds):
    """A silent WAV file, 8000 samples a second of one byte."""
    data = bytes([128]) * 8000 * seconds
    number = lambda n: n.to_bytes(4, "little")
    form = b"fmt " + number(16) + b"\x01\x00\x01\x00" + number(8000) + number(8000) + b"\x01\x00\x08\x00"
    return b"RIFF" + number(36 + len(data)) + b"WAVE" + form + b"data" + number(len(data)) + data


def get(url, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.headers, e.read()


class Desk:
    def __init__(self, told):
        self.base, self.people = told["address"], told["people"]

    def send(self, who, method, path, body, kind):
        headers = {"authorization": f"Bearer {self.people[who]['token']}", "content-type": kind}
        if method == "POST":
            headers["idempotency-key"] = str(uuid.uuid4())
        request = urllib.request.Request(self.base + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as e:
            raise SystemExit(f"{method} {path}: {e.code} {e.read().decode()}") from e

    def call(self, who, method, path, body=None):
        text = None if body is None else json.dumps(body).encode()
        return self.send(who, method, path, text, "application/json")

    def record(self, agency, file):
        fields = f'--B\r\nContent-Disposition: form-data; name="agency"\r\n\r\n{agency}\r\n'
        head = '--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        body = (fields + head).encode() + file + b"\r\n--B--\r\n"
        return self.send("author", "POST", "/api/v1/recordings", body, "multipart/form-data; boundary=B")

    def until(self, what, found):
        for _ in range(150):
            if it := found():
                return it
            time.sleep(0.2)
        raise SystemExit(f"{what} did not come")


def read(feed):
    status, headers, body = get(feed)
    assert status == 200 and headers["content-type"].startswith("application/rss+xml"), (status, headers["content-type"])
    channel = ET.fromstring(body).find("channel")
    for one in ("title", "link", "description", "language", ITUNES + "author", ITUNES + "explicit", ITUNES + "category"):
        assert len(channel.findall(one)) == 1, f"the channel has not exactly one {one}"
    own = [l.get("href") for l in channel.findall(ATOM + "link") if l.get("rel") == "self"]
    assert own == [feed], own
    parsed = podcastparser.parse(feed, io.BytesIO(body))
    return channel, parsed, headers


def walk(d):
    agency = d.call("author", "GET", "/api/v1/me")["agency"]
    new = {"agency": agency, "platform": "podcast", "handle": "Health talk"}
    account = d.call("author", "POST", "/api/v1/accounts", new)["id"]
    d.call("lead", "POST", f"/api/v1/accounts/{account}/approval")
    show = {"title": "Health & talk", "description": "What we say.", "lang": "en", "category": "Health & Fitness/Medicine"}
    feed = d.call("author", "PATCH", f"/api/v1/accounts/{account}/podcast", show)["feed"]
    assert read(feed)[1]["episodes"] == []

    file = sound(3)
    recording = d.record(agency, file)
    texts = {"en": "Clean hands <& feet>\nHow to wash them.", "dz": "ལགཔ་འཁྱུ།"}
    post = {"agency": agency, "texts": texts, "accounts": [account], "recording": {"id": recording["id"], "said": {"en": VTT}}}
    post = d.call("author", "POST", "/api/v1/posts", post)["id"]
    path = f"/api/v1/posts/{post}"
    d.call("author", "POST", f"{path}/submission", {"version": 1})
    d.call("approver", "POST", f"{path}/approval", {"version": 1})
    d.until("the episode", lambda: read(feed)[1]["episodes"])
    channel, parsed, headers = read(feed)
    assert parsed["title"] == "Health & talk" and parsed["language"] == "en", parsed
    [episode] = parsed["episodes"]
    assert episode["title"] == "Clean hands <& feet>" and episode["total_time"] == 3, episode
    [enclosure] = episode["enclosures"]
    assert (enclosure["file_size"], enclosure["mime_type"]) == (len(file), "audio/wav"), enclosure
    status, sent, body = get(enclosure["url"])
    assert (status, body == file, int(sent["content-length"])) == (200, True, len(file))
    assert get(enclosure["url"], range="bytes=0-9")[0] == 206
    item = channel.find("item")
    sent_at = email.utils.parsedate_to_datetime(item.findtext("pubDate"))
    assert sent_at.timestamp() == episode["published"], item.findtext("pubDate")
    [transcript] = item.findall(PODCAST + "transcript")
    assert (transcript.get("type"), transcript.get("language")) == ("text/vtt", "en")
    assert get(transcript.get("url"))[2].decode() == VTT
    assert get(feed, if_none_match=headers["etag"])[0] == 304
    assert get(feed, if_modified_since=headers["last-modified"])[0] == 304

    time.sleep(1.1)
    texts = {"en": "Clean hands", "dz": "ལགཔ་འཁྱུ།"}
    d.call("author", "POST", f"{path}/correction", {"version": 1, "texts": texts, "note": "Feet were not meant"})
    d.call("approver", "POST", f"{path}/approval", {"version": 2})
    d.until("the correction", lambda: read(feed)[1]["episodes"][0]["title"] == "Clean hands")
    [corrected] = read(feed)[1]["episodes"]
    assert corrected["guid"] == episode["guid"] and corrected["published"] == episode["published"], corrected
    assert get(feed, if_modified_since=headers["last-modified"])[0] == 200

    d.call("approver", "POST", f"{path}/withdrawal", {"reason": "It was wrong"})
    d.until("the withdrawal", lambda: not read(feed)[1]["episodes"])
    assert get(enclosure["url"])[0] == 404 and get(transcript.get("url"))[0] == 404
    print("podcast: an episode read, corrected and withdrawn")


walk(Desk(json.loads(sys.argv[1])))
