/**
 * The rows of scripts/accept/commands.tsv that a person types at: prompts, two terminals at once, keys that detach. A
 * test's title begins with its row's id, by which `npm run accept` finds it.
 */
import { expect, type Page } from "@playwright/test";
import { PATIENCE, type Playground } from "./playground";
import { leaveClean, openTerminals, test } from "./shared-machine";

/** Pulls come with some of these. */
test.setTimeout(600_000);

const CONTAINER_PROMPT = /root@[0-9a-f]{12}:\/#$/m;
const PROMPT = /root@drydock:~#$/m;

let page: Page;
let playground: Playground;

test.beforeAll(async ({ shared }) => {
  ({ playground } = shared);
  ({ page } = playground);
  await openTerminals(playground, 2);
});

test.afterEach(async () => {
  await showTerminal(0);
  await playground.run("docker rm -f $(docker ps -aq) >/dev/null 2>&1; true");
});

test.afterAll(() => leaveClean(playground));

async function showTerminal(terminal: number): Promise<void> {
  await page.getByRole("tab").nth(terminal).click();
}

/** Clears the screen and types a command line that does not come back to the prompt at once. */
async function type(line: string, terminal = 0): Promise<void> {
  await showTerminal(terminal);
  await playground.focus(terminal);
  await playground.typeLine("clear");
  await playground.typeLine(line);
}

async function detach(): Promise<void> {
  await page.keyboard.press("Control+p");
  await page.keyboard.press("Control+q");
}

test("[open-nginx] nginx is pulled, run, and welcomes in the preview", async () => {
  // As in a machine that has never had it.
  await playground.run("docker rmi -f nginx >/dev/null 2>&1");
  const began = Date.now();
  const pull = await playground.run("docker pull nginx");
  expect(pull.status).toBe(0);
  expect(pull.screen).toContain("Using default tag: latest");
  expect(pull.screen).toMatch(/Digest: sha256:[0-9a-f]{64}/);
  expect(pull.screen).toContain("Status: Downloaded newer image for nginx:latest");
  console.log(`docker pull nginx: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  const run = await playground.run("docker run -d -p 80:80 --name webserver nginx");
  expect(run.status).toBe(0);
  expect(run.screen).toMatch(/^[0-9a-f]{64}$/m);
  // By the notice of the port, and by the address that one would type.
  const welcome = page
    .frameLocator("iframe:not([hidden])")
    .getByRole("heading", { name: "Welcome to nginx!" });
  await page
    .getByTestId("port-notice")
    .getByRole("button", { name: /localhost/ })
    .click(PATIENCE);
  await expect(welcome).toBeVisible(PATIENCE);
  await page.getByTestId("preview").getByRole("button", { name: "关闭预览" }).click();
  await page.getByRole("button", { name: "预览", exact: true }).click();
  const address = page.getByRole("textbox", { name: "网址" });
  await address.fill("http://localhost");
  await address.press("Enter");
  await expect(welcome).toBeVisible(PATIENCE);
  await page.getByTestId("preview").getByRole("button", { name: "关闭预览" }).click();
  const logs = await playground.run("docker logs webserver");
  expect(logs.screen).toMatch(/"GET \/ HTTP\/1\.1" 200/);
  expect((await playground.run("docker stop webserver && docker rm webserver")).status).toBe(0);
});

test("[run-it] a root prompt in a container, left by exit", async () => {
  await type("docker run -it --name inside ubuntu:14.04 /bin/bash");
  await playground.waitForText(CONTAINER_PROMPT);
  await playground.typeLine("tty; whoami");
  await playground.waitForText(/^\/dev\/pts\/0\nroot\n/m);
  await playground.typeLine("exit");
  await playground.waitForText(PROMPT);
  const { screen } = await playground.run("docker inspect -f 'is {{.State.Status}}' inside");
  expect(screen).toMatch(/^is exited$/m);
});

test("[attach] two terminals see the same, Ctrl-P Ctrl-Q leaves it running", async () => {
  expect((await playground.run("docker run -dit --name both busybox sh")).status).toBe(0);
  await type("docker attach both", 0);
  await type("docker attach both", 1);
  await expect
    .poll(async () => {
      await playground.typeLine("");
      return playground.screen(1);
    }, PATIENCE)
    .toMatch(/^\/ #$/m);
  await playground.typeLine("echo seen-$((40+2))");
  await playground.waitForText(/^seen-42$/m, 1);
  await showTerminal(0);
  await playground.waitForText(/^seen-42$/m, 0);
  await playground.focus(0);
  await playground.typeLine("echo back-$((40+3))");
  await playground.waitForText(/^back-43$/m, 0);
  await detach();
  await playground.waitForText(PROMPT, 0);
  await showTerminal(1);
  await playground.waitForText(/^back-43$/m, 1);
  await playground.focus(1);
  await detach();
  await playground.waitForText(PROMPT, 1);
  await showTerminal(0);
  const { screen } = await playground.run("docker inspect -f 'runs {{.State.Running}}' both");
  expect(screen).toMatch(/^runs true$/m);
});

test("[exec] a shell in a running container", async () => {
  expect((await playground.run("docker run -dit --name shell ubuntu:14.04")).status).toBe(0);
  await type("docker exec -it shell /bin/bash");
  await playground.waitForText(CONTAINER_PROMPT);
  await playground.typeLine("touch /tmp/by-exec; exit");
  await playground.waitForText(PROMPT);
  expect((await playground.run("docker exec shell ls /tmp")).screen).toMatch(/^by-exec$/m);
});

test("[logs] docker logs -f follows until Ctrl-C", async () => {
  expect((await playground.run("docker run -d -p 80:80 --name webserver nginx")).status).toBe(0);
  await type("docker logs -f webserver");
  await type("curl -s localhost/new >/dev/null", 1);
  await showTerminal(0);
  await playground.waitForText(/GET \/new HTTP/);
  await playground.focus(0);
  await page.keyboard.press("Control+c");
  await playground.waitForText(PROMPT);
});

test("[enter-for-logs] into the container to read the log", async () => {
  expect((await playground.run("docker run -d -p 80:80 --name webserver nginx")).status).toBe(0);
  expect((await playground.run("curl -s localhost/read-me >/dev/null")).status).toBe(0);
  await type("docker exec -it webserver sh");
  await playground.waitForText(/^(\/ )?#$/m);
  await playground.typeLine("cat /var/log/nginx/access.log");
  await playground.waitForText(/GET \/read-me HTTP/);
  await playground.typeLine("exit");
  await playground.waitForText(PROMPT);
});

test("[stats] docker stats goes on until Ctrl-C, without a --", async () => {
  // Not all of the processor: the daemon must have the first reading within the client's two seconds.
  const busy = "docker run -d --cpus 0.3 --name busy busybox sh -c 'while :; do :; done'";
  expect((await playground.run(busy)).status).toBe(0);
  await type("docker stats busy");
  await playground.waitForText(/busy\s+[1-9][\d.]*%\s+[\d.]+\w+ \/ [\d.]+\w+/);
  // A second reading: other figures in the same place.
  const first = await playground.screen();
  await expect.poll(() => playground.screen(), PATIENCE).not.toBe(first);
  expect(await playground.screen()).not.toMatch(/busy.*--/);
  await page.keyboard.press("Control+c");
  await playground.waitForText(PROMPT);
});

test("[login] docker login asks for name and password", async () => {
  await type("docker login");
  await playground.waitForText(/Username:/);
  await playground.typeLine("zheng1dong2");
  await playground.waitForText(/Password:/);
  await playground.typeLine("a-secret-word");
  const screen = await playground.waitForText(/Login Succeeded/);
  expect(screen).not.toContain("a-secret-word");
  expect((await playground.run("docker logout")).screen).toContain("Removing login credentials");
});
