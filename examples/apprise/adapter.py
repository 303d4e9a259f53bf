"""Bellwether's stdio contract in front of Debian's command line `apprise`, which stays as it is.
Nothing is decided here: a text goes to its standard input, and its exit code is its word."""
import json, os, subprocess, sys, threading

URL = "twilio://{ACCOUNT_SID}:{AUTH_TOKEN}@{FROM}".format(**os.environ)
sent, speaking = set(), threading.Lock()


def tell(request, **answer):
    with speaking:
        print(json.dumps({"in-reply-to": request["id"], **answer}), flush=True)


def notify(request):
    to, message = request["recipient"]["msisdn"], request["message"]
    done = subprocess.run(["apprise", f"{URL}/{to}"], input=message["text"].encode(), stdout=sys.stderr)
    if done.returncode == 0:
        sent.add(message["id"])
        tell(request, type="accepted", id=message["id"])
    else:  # one code for everything; its manual: the notification could not be delivered
        tell(request, type="error", code=f"exit-{done.returncode}", definite=True)


for request in map(json.loads, sys.stdin):
    if request["type"] == "hello":
        tell(request, type="hello-ok", contract=1)
    elif request["type"] == "send":
        threading.Thread(target=notify, args=[request]).start()
    elif request["type"] == "status" and request["message"] in sent:
        tell(request, type="status", status="sent", channel="sms")
    else:
        tell(request, type="error", code="unsupported", definite=True)
    if request["type"] == "bye":
        break
