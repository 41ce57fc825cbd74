/**
 * The main job: the notes' own commands at a real dockerd, typed into the terminal and read from it. What Docker answers
 * to all the others is proved in the same machine without a page (docs/testing.md says where).
 */
import { expect, type Page } from "@playwright/test";
import { PATIENCE, type Playground } from "./playground";
import { leaveClean, type SharedMachine, test } from "./shared-machine";

test.describe.configure({ mode: "serial" });

let machine: SharedMachine;
let page: Page;
let playground: Playground;

test.beforeAll(({ shared }) => {
  machine = shared;
  ({ playground } = shared);
  ({ page } = playground);
});

test.afterAll(() => leaveClean(playground));

test("docker version shows client and server", async () => {
  const { status, screen } = await playground.run(
    "docker version --format '{{.Client.Version}} {{.Server.Version}}'",
  );
  expect(status).toBe(0);
  expect(screen).toMatch(/\d+\.\d+\.\d+\S* \d+\.\d+\.\d+/);
});

test("docker run hello-world", async () => {
  const { status, screen } = await playground.run("docker run hello-world | head -5");
  expect(status).toBe(0);
  expect(screen).toContain("Hello from Docker!");
});

test("docker run busybox /bin/echo Hello Docker", async () => {
  const { status, screen } = await playground.run("docker run busybox /bin/echo Hello Docker");
  expect(status).toBe(0);
  expect(screen).toMatch(/^Hello Docker$/m);
});

test("docker run -it busybox sh is typed into, interrupted, and left", async () => {
  await playground.focus();
  await playground.typeLine("clear; docker run -it busybox sh");
  await playground.waitForText(/^\/ #$/m);
  await playground.typeLine("echo $((6*7)) in $(hostname | wc -c)");
  await playground.waitForText(/^42 in 13$/m);
  await playground.typeLine("cat");
  await playground.typeLine("typed into cat");
  await playground.waitForText(/^typed into cat$/m);
  await page.keyboard.press("Control+c");
  await playground.waitForText(/\^C\n+\/ #/);
  await playground.typeLine("stty size; exit 3");
  const screen = await playground.waitForText(/root@drydock:~#$/m);
  const [, rows, columns] = /^(\d+) (\d+)$/m.exec(screen) ?? [];
  expect(Number(rows)).toBeGreaterThan(20);
  expect(Number(columns)).toBeGreaterThan(80);
  expect((await playground.run("true")).status).toBe(0);
});

test("a published port answers", async () => {
  expect(
    (await playground.run("docker run -d --name web -p 8080:80 busybox httpd -f -p 80 -h /etc")).status,
  ).toBe(0);
  const { status, screen } = await playground.run("curl -s localhost:8080/passwd");
  expect(status).toBe(0);
  expect(screen).toContain("root:x:0:0");
});

test("docker build of two steps, cached the second time", async () => {
  await playground.run(
    "mkdir -p app && printf 'FROM busybox\\nRUN echo built >/proof\\nCMD cat /proof\\n' > app/Dockerfile",
  );
  expect((await playground.run("docker build --progress plain -t app app")).status).toBe(0);
  const { status, screen } = await playground.run("docker run --rm app");
  expect(status).toBe(0);
  expect(screen).toMatch(/^built$/m);
  expect((await playground.run("docker build --progress plain -t app app")).screen).toContain("CACHED");
});

test("docker compose up of two services", async () => {
  const compose = [
    "services:",
    "  web:",
    "    image: busybox",
    "    command: httpd -f -p 80 -h /etc",
    "  client:",
    "    image: busybox",
    "    command: sh -c 'until wget -qO- web/hostname; do sleep 1; done; sleep 600'",
    "    depends_on: [web]",
    "",
  ].join("\\n");
  await playground.run(`mkdir -p pair && printf "${compose}" > pair/compose.yaml && cd pair`);
  expect((await playground.run("docker compose up -d")).status).toBe(0);
  const { status, screen } = await playground.run("docker-compose ps --format '{{.Service}} {{.State}}'");
  expect(status).toBe(0);
  expect(screen).toMatch(/^client running$/m);
  expect(screen).toMatch(/^web running$/m);
  await expect
    .poll(async () => (await playground.run("docker compose logs client")).screen, PATIENCE)
    .toMatch(/client-1\s+\| [0-9a-f]{12}/);
  expect((await playground.run("docker compose down -t 1; cd")).status).toBe(0);
});

test("the clock is right", async () => {
  const before = Math.floor(Date.now() / 1000);
  const { screen } = await playground.run("date +now:%s");
  const guest = Number(/now:(\d{10})/.exec(screen)?.[1]);
  // To the second, whenever the command ran in between.
  expect(guest).toBeGreaterThanOrEqual(before - 1);
  expect(guest).toBeLessThanOrEqual(Date.now() / 1000 + 1);
});

test("Chinese is typed and shown", async () => {
  const { screen } = await playground.run("echo 你好,容器 | tee 文件.txt && wc -m < 文件.txt && ls");
  expect(screen).toMatch(/^你好,容器\s*\n6\s*\n/m);
  expect(screen).toContain("文件.txt");
});

test("nothing was amiss in the browser's console", () => {
  expect(machine.complaints).toEqual([]);
});
