/**
 * A browser that is killed while it saves: the machine is whole at the next start, with all that the last finished save
 * had. `DRYDOCK_KILL_ROUNDS=100` for more rounds than `npm test` has time for.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { launchWithProfile, type LaunchedBrowser } from "./killed-browser";
import { PATIENCE, Playground } from "./playground";

const ROUNDS = Number(process.env["DRYDOCK_KILL_ROUNDS"] ?? 3);
/** Milliseconds from a save's beginning within which the browser is killed: about what a save takes. */
const WINDOW = 1_500;

test("a browser killed during saves opens to a whole machine", async ({ baseURL }, { project }) => {
  test.setTimeout(60_000 + ROUNDS * 60_000);
  const { executablePath = "/usr/bin/chromium", args = [] } = project.use.launchOptions ?? {};
  const profile = await mkdtemp(join(tmpdir(), "drydock-profile-"));
  let launched: LaunchedBrowser | undefined;
  try {
    let finished = 0;
    for (let round = 1; round <= ROUNDS + 1; round++) {
      launched = await launchWithProfile(executablePath, args, profile);
      const { page } = launched;
      const playground = new Playground(page);
      await page.goto(`${baseURL ?? ""}?renderer=dom`);
      if (round === 1) await playground.waitReady();
      else {
        await playground.goOn();
        const log = await playground.run("cat ~/rounds; docker run --rm busybox echo whole");
        expect(log.screen).toMatch(/^whole$/m);
        const last = Number([...log.screen.matchAll(/^round (\d+)$/gmu)].at(-1)?.[1] ?? 0);
        expect(last).toBeGreaterThanOrEqual(finished);
        finished = last;
      }
      if (round > ROUNDS) break;
      expect((await playground.run(`echo round ${round} >>~/rounds`)).status).toBe(0);
      await playground.save();
      finished = round;
      expect((await playground.run("head -c 4000000 /dev/urandom >~/noise")).status).toBe(0);
      const save = page.getByTestId("save-state");
      await page.keyboard.press("Control+Shift+S");
      await expect(save).toHaveAttribute("data-kind", /saving|saved/u, PATIENCE);
      await new Promise((resolve) => setTimeout(resolve, (WINDOW * (round - 0.5)) / ROUNDS));
      await launched.kill();
      launched = undefined;
    }
  } finally {
    await launched?.kill();
    await rm(profile, { recursive: true, force: true });
  }
});
