/** `/etc/passwd`, `/etc/group` and `/etc/shadow` of Debian's base system, and of the images that add a service's user. */
import type { LayerEntry } from "../layer";
import { textFile } from "../take-files";

export interface Account {
  readonly name: string;
  readonly id: number;
  readonly home: string;
  readonly shell?: string;
}

const SYSTEM: readonly Account[] = [
  { name: "root", id: 0, home: "/root", shell: "/bin/bash" },
  { name: "daemon", id: 1, home: "/usr/sbin" },
  { name: "bin", id: 2, home: "/bin" },
  { name: "sys", id: 3, home: "/dev" },
  { name: "mail", id: 8, home: "/var/mail" },
  { name: "www-data", id: 33, home: "/var/www" },
  { name: "backup", id: 34, home: "/var/backups" },
  { name: "nobody", id: 65534, home: "/nonexistent" },
];

/** Groups without a user of the same name. */
const GROUPS: readonly (readonly [name: string, id: number])[] = [
  ["adm", 4],
  ["tty", 5],
  ["disk", 6],
  ["sudo", 27],
  ["shadow", 42],
  ["staff", 50],
  ["users", 100],
];

const NO_LOGIN = "/usr/sbin/nologin";

/** The three files. A user that is added has a group of its own with the same number, and cannot log in. */
export function accountFiles(added: readonly Account[] = []): LayerEntry[] {
  const users = [...SYSTEM, ...added];
  const passwd = users.map(
    ({ name, id, home, shell = NO_LOGIN }) => `${name}:x:${id}:${id}:${name}:${home}:${shell}`,
  );
  const own = users.map(({ name, id }) => [name === "nobody" ? "nogroup" : name, id] as const);
  const groups = [...own, ...GROUPS].sort(([, a], [, b]) => a - b).map(([name, id]) => `${name}:x:${id}:`);
  const shadow = users.map(({ name }) => `${name}:*:20000:0:99999:7:::`);
  const file = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
  return [
    textFile("etc/passwd", file(passwd)),
    textFile("etc/group", file(groups)),
    textFile("etc/shadow", file(shadow), 0o640),
  ];
}
