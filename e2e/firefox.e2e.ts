/**
 * The page in Debian's Firefox: the machine, a terminal, a container's page.
 *
 * Playwright drives none but its own build of Firefox, and under Firefox's own remote control the page's downloads use
 * up the browser's sockets. So nobody drives it: a proxy before the site adds a script to the page, which does what a
 * visitor would and tells what it sees.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { openVisitorProxy } from "./firefox-proxy";
import type { Sight } from "./firefox-visitor";
import { PATIENCE } from "./playground";

const FIREFOX = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";

/** A new profile would look for updates, portals and advice in the network. */
const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.auto": false,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "intl.accept_languages": "zh-CN",
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
};

let profile: string;
let firefox: ChildProcess | undefined;

test.beforeAll(async () => {
  profile = await mkdtemp(join(tmpdir(), "drydock-firefox-"));
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(profile, "user.js"), lines.join(""));
});

test.afterAll(async () => {
  if (firefox?.exitCode === null && firefox.kill()) await once(firefox, "exit");
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

test("in Firefox the machine starts, a terminal answers, and a container's page runs its script", async ({
  baseURL,
}) => {
  test.setTimeout(400_000);
  const sights: Sight[] = [];
  const proxy = await openVisitorProxy(baseURL ?? "", (sight) => {
    sights.push(sight);
    console.log(`firefox: ${sight.what} after ${(sight.ms / 1000).toFixed(1)} s`);
    if (sight.what === "complaint") console.log(sight.text);
  });
  const see = async (what: Sight["what"]): Promise<string> => {
    const seen = (): Sight | undefined => sights.find((sight) => sight.what === what);
    await expect.poll(seen, { ...PATIENCE, message: `what Firefox tells of: ${what}` }).toBeDefined();
    return seen()?.text ?? "";
  };
  try {
    firefox = spawn(FIREFOX, ["--headless", "--no-remote", "--profile", profile, proxy.url], {
      stdio: "ignore",
      env: { ...process.env, HOME: profile },
    });
    expect(await see("prompt")).toMatch(/#$/);
    expect(await see("command")).toMatch(/^hello from 42$/m);
    expect(await see("page")).toContain("http://localhost:8080/");
    expect(await see("logs")).toMatch(/url:\/told-by-the-page/);
    expect(sights.filter(({ what }) => what === "complaint")).toEqual([]);
  } finally {
    await proxy.close();
  }
});
