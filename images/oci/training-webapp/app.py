"""Greets whoever asks: the environment's PROVIDER, or the world."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"Hello {os.environ.get('PROVIDER', 'world')}!".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


# As process 1 it has no default action for the signal that `docker stop` sends.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print(" * Running on http://0.0.0.0:5000/", flush=True)
ThreadingHTTPServer(("", 5000), Hello).serve_forever()
