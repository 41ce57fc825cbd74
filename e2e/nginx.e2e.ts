/** The notes' own first web server: pulled from the hub in the tab, run, and seen in the preview. */
import { expect, test } from "@playwright/test";
import { PATIENCE, Playground } from "./playground";

test("nginx is pulled, run, and welcomes in the preview", async ({ page }) => {
  test.setTimeout(600_000);
  const playground = await Playground.open(page);
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
  await page
    .getByTestId("port-notice")
    .getByRole("button", { name: /localhost/ })
    .click(PATIENCE);
  await expect(
    page.frameLocator(".preview__frame:not([hidden])").getByRole("heading", { name: "Welcome to nginx!" }),
  ).toBeVisible(PATIENCE);
  const logs = await playground.run("docker logs webserver");
  expect(logs.screen).toMatch(/"GET \/ HTTP\/1\.1" 200/);
  const off = await playground.run("docker stop webserver && docker rm webserver");
  expect(off.status).toBe(0);
});
