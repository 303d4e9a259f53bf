"""A notifier in Python 3, standard library only: stdio contract in front, SMPP 3.4 behind. SMS is its
only channel, so it refuses what the policy forbids there; nothing is delivered without a receipt."""
import itertools, json, os, queue, re, socket, struct, sys, threading, time
from urllib.parse import urlsplit

POLICY = json.load(open(os.environ["POLICY"], encoding="utf-8"))
SMSC = urlsplit(os.environ["SMPP_URL"])
BIND, SUBMIT, DELIVER, ENQUIRE, RESP = 0x09, 0x04, 0x05, 0x15, 0x80000000
SLOW_DOWN = (0x58, 0x14)  # ESME_RTHROTTLED, ESME_RMSGQFUL
GSM = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
       "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")


def parts(text, reference):
    """The text as (data_coding, esm_class, octets): GSM-7 where it fits, else UCS-2."""
    gsm = set(text) <= set(GSM) - {"\x1b"}
    octets = bytes(GSM.index(c) for c in text) if gsm else text.encode("utf-16-be")
    coding, single, size = (0, 160, 153) if gsm else (8, 140, 134)
    if len(octets) <= single:
        return [(coding, 0, octets)]
    cuts = [octets[at:at + size] for at in range(0, len(octets), size)]
    return [(coding, 0x40, bytes([5, 0, 3, reference & 0xFF, len(cuts), n + 1]) + cut)
            for n, cut in enumerate(cuts)]


class Smsc:
    """One transceiver session, bound again when it breaks; one submission under way at a time."""

    def __init__(self, on_receipt):
        self.on_receipt, self.sequence = on_receipt, itertools.count(1)

    def send(self, command, body, sequence):
        self.sock.sendall(struct.pack(">4I", 16 + len(body), command, 0, sequence) + body)

    def connect(self):
        for attempt in itertools.count():
            try:
                self.sock = socket.create_connection((SMSC.hostname, SMSC.port), 5)
                self.sock.settimeout(None)
                self.answers = queue.Queue()
                threading.Thread(target=self.read, args=(self.sock,), daemon=True).start()
                login = f"{SMSC.username}\0{SMSC.password}\0\0".encode()
                if self.ask(BIND, login + b"\x34\0\0\0")[0] == 0:
                    return
            except OSError as error:
                print("smpp:", error, file=sys.stderr)
            time.sleep(min(0.5 * 2 ** attempt, 8))

    def ask(self, command, body):
        """(status, body) of the answer; (None, b"") when there was none."""
        try:
            sequence = next(self.sequence)
            self.send(command, body, sequence)
            while True:
                got, status, answer = self.answers.get(timeout=10)
                if got in (sequence, None):
                    return status, answer
        except (OSError, queue.Empty):
            return None, b""

    def read(self, sock):
        stream = sock.makefile("rb")
        try:
            while len(head := stream.read(16)) == 16:
                length, command, status, sequence = struct.unpack(">4I", head)
                body = stream.read(length - 16)
                if command == DELIVER:
                    self.on_receipt(body)
                if command in (DELIVER, ENQUIRE):
                    self.send(command | RESP, b"\0" if command == DELIVER else b"", sequence)
                elif command & RESP:
                    self.answers.put((sequence, status, body))
        except OSError as error:
            print("smpp:", error, file=sys.stderr)
        self.answers.put((None, None, b""))


class Notifier:
    def __init__(self):
        self.messages, self.owners, self.early = {}, {}, {}
        self.outbox, self.lock = queue.Queue(), threading.Lock()
        self.smsc = Smsc(self.receipt)
        threading.Thread(target=self.work, daemon=True).start()

    def send(self, message, to):
        key, sensitivity, text = message["id"], message["sensitivity"], message["text"]
        if "sms" not in POLICY["allowed"][sensitivity]:
            return {"type": "error", "code": "no-allowed-channel", "definite": True}
        if key not in self.messages:
            if "sms" in POLICY["disclosure"]["on"][sensitivity]:
                text += " " + POLICY["disclosure"]["text"]
            self.messages[key] = {"status": "queued"}
            self.outbox.put((self.messages[key], to, text))
        return {"type": "accepted", "id": key}

    def work(self):
        self.smsc.connect()
        for reference in itertools.count(1):
            message, to, text = self.outbox.get()
            cuts = parts(text, reference)
            message["left"] = len(cuts)
            for coding, esm, octets in cuts:
                head = b"\0\5\0Notify\0\1\1" + to[1:].encode() + b"\0" + bytes([esm, 0, 0, 0, 0])
                self.submit(message, head + bytes([1, 0, coding, 0, len(octets)]) + octets)

    def submit(self, message, body):
        while (found := self.smsc.ask(SUBMIT, body))[0] in (None, *SLOW_DOWN):
            if found[0] is None:
                self.smsc.connect()  # SMPP cannot tell whether it was taken: send again
            else:
                time.sleep(1)
        with self.lock:
            wire = found[1].split(b"\0")[0].decode()
            message["status"] = "sent" if found[0] == 0 else "failed"
            self.owners[wire] = message
            if wire in self.early:
                self.settle(wire, self.early.pop(wire))

    def receipt(self, body):
        if found := re.search(rb"id:(\S+) .*stat:(\w+)", body):
            with self.lock:
                self.settle(found[1].decode(), found[2])

    def settle(self, wire, state):
        message = self.owners.pop(wire, None)
        if message is None:
            self.early[wire] = state  # its submit_sm_resp is still being read
        elif state in (b"UNDELIV", b"EXPIRED", b"REJECTD", b"DELETED"):
            message["status"] = "failed"
        elif state == b"DELIVRD":
            message["left"] -= 1
            message["status"] = message["status"] if message["left"] else "delivered"

    def answer(self, asked):
        kind = asked.get("type")
        if kind == "send":
            return self.send(asked["message"], asked["recipient"]["msisdn"])
        if kind == "status" and asked["message"] in self.messages:
            status = self.messages[asked["message"]]["status"]
            return {"type": "status", "status": status, "channel": "sms", "encrypted": False}
        if kind in ("hello", "register", "quiesce", "bye"):
            return {"type": f"{kind}-ok"}
        return {"type": "error", "code": "unsupported", "definite": True}


notifier = Notifier()
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"in-reply-to": asked["id"], **notifier.answer(asked)}), flush=True)
