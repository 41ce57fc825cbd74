"""A business application in small: counts its visitors in redis and reads today's notice from mysql.

Where they are it learns from its environment: REDIS_HOST, MYSQL_HOST, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE, and PORT
to listen on. It starts without them and says on its page which one it cannot reach.
"""

import html
import json
import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Template

import pymysql

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 5


def setting(name, default):
    return os.environ.get(name) or default


def count_visit():
    """Adds one to the counter and returns it: one command of redis's protocol over a fresh connection."""
    address = setting("REDIS_HOST", "redis"), int(setting("REDIS_PORT", "6379"))
    with socket.create_connection(address, TIMEOUT) as connection:
        connection.sendall(b"*2\r\n$4\r\nINCR\r\n$6\r\nvisits\r\n")
        reply = connection.makefile("rb").readline().decode().strip()
    if not reply.startswith(":"):
        raise OSError("redis answered " + reply)
    return int(reply[1:])


def read_notice():
    """The newest row of the table `notices`, which is made with a first row when it is not there."""
    connection = pymysql.connect(
        host=setting("MYSQL_HOST", "mysql"),
        port=int(setting("MYSQL_PORT", "3306")),
        user=setting("MYSQL_USER", "app"),
        password=setting("MYSQL_PASSWORD", "app"),
        database=setting("MYSQL_DATABASE", "app"),
        connect_timeout=TIMEOUT,
        charset="utf8mb4",
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        newest = "SELECT text FROM notices ORDER BY id DESC LIMIT 1"
        try:
            cursor.execute(newest)
        except pymysql.err.ProgrammingError:
            cursor.execute("CREATE TABLE IF NOT EXISTS notices (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(200))")
            cursor.execute("INSERT INTO notices (text) VALUES (%s)", ("数据库里的第一条公告 / the first notice in the database",))
            cursor.execute(newest)
        row = cursor.fetchone()
    return row[0] if row else ""


def ask(question):
    """The answer and no problem, or no answer and the problem in words."""
    try:
        return question(), None
    except (OSError, pymysql.err.MySQLError) as problem:
        return None, str(problem)


def look():
    visits, redis_problem = ask(count_visit)
    notice, mysql_problem = ask(read_notice)
    return {
        "host": socket.gethostname(),
        "visits": visits,
        "notice": notice,
        "problems": {name: text for name, text in (("redis", redis_problem), ("mysql", mysql_problem)) if text},
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/health":
            self.answer(200, "text/plain", "ok\n")
        elif self.path == "/api":
            found = look()
            self.answer(503 if found["problems"] else 200, "application/json", json.dumps(found, ensure_ascii=False) + "\n")
        elif self.path == "/":
            found = look()
            self.answer(503 if found["problems"] else 200, "text/html", render(found))
        else:
            self.answer(404, "text/plain", "not found\n")

    def answer(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        print(self.address_string(), format % args, flush=True)


def render(found):
    shown = lambda value: "–" if value is None else html.escape(str(value))
    problems = "".join(f"<p class=bad>{name}: {html.escape(text)}</p>" for name, text in found["problems"].items())
    with open(os.path.join(HERE, "page.html"), encoding="utf-8") as page:
        return Template(page.read()).substitute(
            host=shown(found["host"]), visits=shown(found["visits"]), notice=shown(found["notice"]), problems=problems
        )


if __name__ == "__main__":
    port = int(setting("PORT", "8000"))
    server = ThreadingHTTPServer(("", port), Handler)
    print(f"listening on port {port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
