"""Hard times: a full disk, a database that is locked, broken or not there, a folder that cannot be written, a process
killed with work in hand, and requests that are too large. What was promised is kept, and what cannot be done is said in a
sentence."""
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading

import drelwa


def fails(*arguments):
    """A start that must fail: says why in a sentence and stops, without a trace of the machine."""
    done = subprocess.run([drelwa.BINARY, *arguments], capture_output=True, text=True, timeout=60)
    said = done.stderr.strip().splitlines()
    assert done.returncode == 1 and said and "panicked" not in done.stderr, (arguments, done.returncode, done.stderr)
    assert said[-1].startswith("drelwa: ") or any(line.startswith("drelwa: ") for line in said), done.stderr
    return done.stderr


def draft(demo, text, expect=(201, 200)):
    agency = demo.call("author", "GET", "/api/v1/me")["agency"]
    return demo.call("author", "POST", "/api/v1/posts", {"agency": agency, "texts": {"en": text}}, expect)


def texts(demo):
    return [p["texts"]["en"] for p in demo.call("author", "GET", "/api/v1/posts?limit=200")["items"]]


def bad_starts():
    """a start that cannot work says why: folder, database, settings"""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "file").write_text("in the way")
        assert "file" in fails("serve", "--listen", "127.0.0.1:0", "--data", str(folder / "file"))
        (folder / "broken").mkdir()
        (folder / "broken/drelwa.db").write_bytes(b"this is no database at all, whatever its name says" * 100)
        assert "database" in fails("serve", "--listen", "127.0.0.1:0", "--data", str(folder / "broken"))
        away = "postgres://nobody@127.0.0.1:1/none"
        assert "database" in fails("serve", "--listen", "127.0.0.1:0", "--data", str(folder / "away"), "--database", away)
        assert "colour" in fails("serve", "--colour", "red")
        assert "--listen" in fails("serve", "--listen", "nowhere")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            assert str(port) in fails("serve", "--listen", f"127.0.0.1:{port}", "--data", str(folder / "taken"))


class Small:
    """A small disk in memory, for one folder."""

    def __init__(self, size, *options):
        self.folder, self.options = tempfile.mkdtemp(prefix="drelwa-disk-"), ",".join([f"size={size}", *options])

    def __enter__(self):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", self.options, "tmpfs", self.folder], capture_output=True, text=True)
        assert done.returncode == 0, f"a small disk needs the right to mount (run as root): {done.stderr}"
        return pathlib.Path(self.folder)

    def __exit__(self, *_):
        subprocess.run(["umount", self.folder], check=True)
        os.rmdir(self.folder)


def read_only():
    """a disk that cannot be written is named"""
    with Small("1m", "ro") as disk:
        assert str(disk) in fails("serve", "--listen", "127.0.0.1:0", "--data", str(disk / "data"))


def full_disk():
    """a full disk: what was answered is there, the rest is told, and with room it goes on"""
    with Small("64m") as disk:
        with drelwa.Demo(disk / "data") as demo:
            kept, refused = ["Before it was full"], 0
            draft(demo, kept[0])
            filler = disk / "filler"
            with open(filler, "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(65536))
                        file.flush()
                except OSError:
                    pass
            for n in range(400):
                text = f"Notice {n} " + "x" * 15000
                told = draft(demo, text, (201, 503))
                if "status" in told:
                    assert "disk is full" in told["detail"], told
                    refused += 1
                    if refused == 3:
                        break
                else:
                    kept.append(text)
            assert refused == 3, f"{len(kept)} were written to a full disk"
            assert drelwa.request(f"{demo.address}/")[0] == 200, "reading goes on"
            there = texts(demo)
            assert all(text in there for text in kept), "what was promised is there"
            filler.unlink()
            kept.append("With room again")
            demo.until("writing again", lambda: "id" in draft(demo, kept[-1], (201, 503)), 30)
        with drelwa.Demo(disk / "data") as demo:
            there = texts(demo)
            assert all(text in there for text in kept), "and after a new start"
        done = subprocess.run([drelwa.BINARY, "verify", "--data", str(disk / "data")], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    (pathlib.Path(str(disk / "data") + ".log")).unlink(missing_ok=True)


def locked():
    """somebody else holds the database: nothing is lost, and it goes on when they let go"""
    with drelwa.Demo() as demo:
        other = sqlite3.connect(demo.data / "drelwa.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        let_go = threading.Timer(2, lambda: other.execute("ROLLBACK"))
        let_go.start()
        told = draft(demo, "While it was held", (201, 503))
        let_go.join()
        if "status" in told:
            assert "Nothing was lost" in told["detail"], told
            demo.until("writing again", lambda: "id" in draft(demo, "While it was held", (201, 503)), 30)
        assert texts(demo).count("While it was held") == 1
        other.close()


def killed():
    """killed with an approved post in hand: after the next start it is out, once"""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="drelwa-killed-"))
    try:
        with drelwa.Demo(folder / "data", "--lease", "3") as demo:
            account = next(a for a in demo.call("author", "GET", "/api/v1/accounts?state=live")["items"] if a["platform"] == "simulator")
            demo.call("author", "POST", "/api/v1/simulator/faults", {"fault": "slow", "ms": 3000, "times": 0})
            body = {"agency": account["agency"], "texts": {"en": "Out once", "dz": "ཚར་ཅིག"}, "accounts": [account["id"]]}
            post = demo.call("author", "POST", "/api/v1/posts", body)["id"]
            demo.call("author", "POST", f"/api/v1/posts/{post}/submission", {"version": 1})
            demo.call("approver", "POST", f"/api/v1/posts/{post}/approval", {"version": 1})
            demo.until("the delivery", lambda: demo.call("author", "GET", f"/api/v1/posts/{post}/deliveries")["items"], 20)
            demo.process.send_signal(signal.SIGKILL)
            demo.process.wait()
        with drelwa.Demo(folder / "data", "--lease", "3") as demo:
            def sent():
                items = demo.call("author", "GET", f"/api/v1/posts/{post}/deliveries")["items"]
                return items[0]["state"] == "sent" and items[0]
            delivery = demo.until("the post after the new start", sent, 120)
            network = (folder / "data/practice-network.jsonl").read_text()
            assert sum('"posted"' in line and "Out once" in line for line in network.splitlines()) == 1, delivery
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def large_requests():
    """a head or a line that is too large, or no HTTP at all, is turned away; the next is served"""
    with drelwa.Demo() as demo:
        host, port = demo.address.removeprefix("http://").split(":")
        def raw(data):
            with socket.create_connection((host, int(port)), 20) as line:
                line.settimeout(20)
                try:
                    line.sendall(data)
                    return line.recv(65536).decode("latin-1")
                except (ConnectionError, TimeoutError):
                    return ""
        assert raw(b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 1_000_000 + b"\r\n\r\n")[:12] in ("", "HTTP/1.1 431")
        many = b"".join(b"x-%d: 1\r\n" % n for n in range(2000))
        assert raw(b"GET / HTTP/1.1\r\nhost: x\r\n" + many + b"\r\n")[:12] in ("", "HTTP/1.1 431")
        assert raw(b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n")[:12] in ("", "HTTP/1.1 414", "HTTP/1.1 404")
        assert raw(b"\x16\x03\x01\x02\x00nonsense\r\n\r\n")[:12] in ("", "HTTP/1.1 400")
        promised = b"POST /api/v1/posts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n"
        told = raw(promised + f"authorization: Bearer {demo.token('author')}\r\n\r\n{{".encode())
        assert told.startswith("HTTP/1.1 413") and "too large" in told, told
        assert drelwa.request(f"{demo.address}/healthz")[0] == 200


if __name__ == "__main__":
    drelwa.run("hardship", [bad_starts, read_only, large_requests, locked, killed, full_disk])
