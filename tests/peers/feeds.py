"""The feeds of a running demonstration, read by feedparser, which others wrote; and what RFC 4287 and RSS 2.0 demand.

Takes the address of the site. Fails with every reason at once.
"""

import re
import sys
import urllib.request
import xml.etree.ElementTree as ET

import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
wrong = []


def must(yes, what):
    if not yes:
        wrong.append(what)


def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.headers.get("content-type", ""), answer.read()


def atom(path, root):
    names = lambda e: [c.tag.removeprefix(ATOM) for c in e]
    for element in [root, *root.findall(ATOM + "entry")]:
        for one in ("id", "title", "updated"):
            must(names(element).count(one) == 1, f"{path}: {element.tag} has not exactly one {one}")
        must(RFC3339.match(element.findtext(ATOM + "updated", "")), f"{path}: a time is not of RFC 3339")
        must(element.findtext(ATOM + "id", "").startswith("http"), f"{path}: an id is no address")
    own = [l.get("href") for l in root.findall(ATOM + "link") if l.get("rel") == "self"]
    must(len(own) == 1, f"{path}: it does not say where it lies itself")
    for entry in root.findall(ATOM + "entry"):
        author = entry.find(ATOM + "author")
        must(author is not None and author.findtext(ATOM + "name"), f"{path}: an entry without author")
        links = [l for l in entry.findall(ATOM + "link") if l.get("rel") == "alternate"]
        must(len({(l.get("type"), l.get("hreflang")) for l in links}) == len(links) >= 1, f"{path}: links that clash")


def rss(path, root):
    channel = root.find("channel")
    must(root.get("version") == "2.0" and channel is not None, f"{path}: not RSS 2.0")
    for one in ("title", "link", "description"):
        must(len(channel.findall(one)) == 1, f"{path}: the channel has not exactly one {one}")
    for item in channel.findall("item"):
        must(item.findtext("title") or item.findtext("description"), f"{path}: an item without words")


def read(base, path, kind, lang):
    type_, body = get(f"{base}{path}.{kind}?lang={lang}")
    name = f"{path}.{kind} ({lang})"
    must(type_.startswith(f"application/{kind}+xml"), f"{name}: sent as {type_}")
    (atom if kind == "atom" else rss)(name, ET.fromstring(body))
    feed = feedparser.parse(body, response_headers={"content-type": type_})
    must(not feed.bozo, f"{name}: {feed.get('bozo_exception')}")
    must(feed.version in ("atom10", "rss20"), f"{name}: read as {feed.version!r}")
    must(feed.feed.get("title"), f"{name}: no title")
    must((feed.feed.get("language") or "").startswith(lang), f"{name}: the language is not told")
    for entry in feed.entries:
        must(entry.get("title") and entry.get("published_parsed") and entry.get("author"), f"{name}: a bare entry")
        must(f"lang={lang}" in entry.get("link", ""), f"{name}: a link into the other language")
    ids = [entry.id for entry in feed.entries]
    must(len(ids) == len(set(ids)), f"{name}: an id occurs twice")
    return ids


def main(base):
    everything = read(base, "/feed", "atom", "en")
    must(len(everything) > 3, "the demonstration has published hardly anything")
    for path in ("/feed", "/agencies/MoH/feed"):
        first = None
        for kind in ("atom", "rss"):
            for lang in ("en", "dz"):
                ids = read(base, path, kind, lang)
                first = first or ids
                must(ids == first, f"{path}.{kind} ({lang}): other entries than in its sisters")
    for id_ in everything:
        must(get(id_)[0].startswith("text/html"), f"{id_} is no page")
    _, page = get(f"{base}/agencies/MoH?lang=en")
    must(b'type="application/atom+xml"' in page, "the page of an agency does not lead to its feed")
    print(f"feeds: {len(everything)} entries read" if not wrong else "\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main(sys.argv[1]))
