/** A whole chapter of the course by keyboard alone, and what assistive technology finds in the page. */
import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { parse } from "yaml";
import { z } from "zod";
import { PATIENCE, Playground } from "./playground";

const CONTENT = "web/course/content/docker";
const courseSchema = z.object({ chapters: z.array(z.object({ lessons: z.array(z.string()) })) });
const blockSchema = z.object({
  id: z.string(),
  ask: z
    .array(
      z.object({ text: z.string().optional(), example: z.string().optional(), shell: z.string().optional() }),
    )
    .default([]),
});
type Ask = z.infer<typeof blockSchema>["ask"][number];

/** The questions of each of a lesson's steps, in order. */
async function readQuestions(lesson: string): Promise<Ask[][]> {
  const text = await readFile(`${CONTENT}/${lesson}/lesson.zh-CN.md`, "utf8");
  return [...text.matchAll(/^```yaml step\n([\s\S]*?)^```/gmu)].map(
    ([, block]) => blockSchema.parse(parse(block ?? "")).ask,
  );
}

/** The right answer; what a command prints is asked in the learner's own terminal. */
async function answerOf(playground: Playground, { text, example, shell }: Ask): Promise<string> {
  if (text !== undefined) return text;
  if (example !== undefined) return example;
  const { screen } = await playground.run(`printf 'ANSWER<%s>\\n' "$(${shell ?? ""})"`);
  return /ANSWER<([^>%]*)>/u.exec(screen.replaceAll("\n", " "))?.[1]?.trim() ?? "";
}

test.describe.configure({ timeout: 1_500_000 });

/**
 * Moves the focus by Tab until it is on `target`, as a person without a mouse does. Tab belongs to the guest while a
 * terminal has the focus: a key of its own leads out of it, and from there Shift+Tab to what comes before.
 */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeEnabled(PATIENCE);
  let key = "Tab";
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    if ((await page.locator(".xterm:focus-within").count()) > 0) {
      await page.keyboard.press("Control+Shift+Enter");
      key = "Shift+Tab";
    } else await page.keyboard.press(key);
  }
  throw new Error(`Tab does not lead to ${target.toString()}`);
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).exclude(".xterm").analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

async function openCourse(page: Page): Promise<Locator> {
  await press(page, page.getByRole("button", { name: "课程", exact: true }));
  const panel = page.getByRole("complementary", { name: "课程" });
  await expect(panel).toBeVisible(PATIENCE);
  return panel;
}

async function walkLesson(
  playground: Playground,
  panel: Locator,
  questions: readonly Ask[][],
): Promise<void> {
  const { page } = playground;
  const steps = panel.getByRole("navigation").getByRole("button");
  await expect(steps).toHaveCount(questions.length, PATIENCE);
  for (const [index, asks] of questions.entries()) {
    const step = panel.getByTestId("step");
    await expect(steps.nth(index)).toHaveAttribute("aria-current", "step");
    const solution = step.getByRole("button", { name: "看答案" });
    if ((await solution.count()) > 0) await press(page, solution);
    const actions = step.getByTestId("act").getByRole("button").filter({ hasNotText: "复制" });
    const busy = step.locator('[role="status"] [data-kind="busy"]');
    for (const action of await actions.all()) {
      await press(page, action);
      // A busy terminal says so: the learner waits for the prompt and presses again.
      while ((await busy.count()) > 0) {
        await playground.waitForText(/[#$]$/m);
        await press(page, action);
      }
    }
    for (const [number, ask] of asks.entries()) {
      const answer = await answerOf(playground, ask);
      await tabTo(page, step.getByRole("textbox").nth(number));
      await page.keyboard.insertText(answer);
      await page.keyboard.press("Enter");
    }
    await expect(step.getByTestId("standing").and(step.locator('[data-tone="pass"]'))).toBeVisible(PATIENCE);
    if (index < questions.length - 1) await press(page, panel.getByRole("button", { name: "下一步" }));
  }
}

test("a whole chapter by keyboard alone, and what was done is still known after a reload", async ({
  page,
}) => {
  const { chapters } = courseSchema.parse(parse(await readFile(`${CONTENT}/course.yaml`, "utf8")));
  const lessons = chapters[0]?.lessons ?? [];
  expect(lessons.length).toBeGreaterThan(1);
  const playground = await Playground.open(page);
  const panel = await openCourse(page);
  await expectAccessible(page);
  await press(page, panel.getByRole("listitem").getByRole("button").first());
  for (const [index, lesson] of lessons.entries()) {
    const questions = await readQuestions(lesson);
    await walkLesson(playground, panel, questions);
    await expectAccessible(page);
    if (index < lessons.length - 1) await press(page, panel.getByRole("button", { name: /^下一课/ }));
  }
  await playground.save();
  await page.reload();
  await playground.goOn();
  const again = page.getByRole("complementary", { name: "课程" });
  const last = await readQuestions(lessons.at(-1) ?? "");
  await expect(again.getByRole("navigation").locator('[data-done="true"]')).toHaveCount(
    last.length,
    PATIENCE,
  );
});

test("a lesson from elsewhere runs nothing before the reader agrees", async ({ page }) => {
  const text = await readFile(`${CONTENT}/03-first-web-server/lesson.zh-CN.md`, "utf8");
  await page.route("**/elsewhere.md", (route) => route.fulfill({ contentType: "text/markdown", body: text }));
  await page.goto("./?renderer=dom&lesson=elsewhere.md");
  const playground = new Playground(page);
  const panel = page.getByRole("complementary", { name: "课程" });
  await expect(panel.getByRole("heading", { name: "这一课来自别的网站" })).toBeVisible(PATIENCE);
  await playground.waitReady();
  const run = panel.getByTestId("act").getByRole("button").filter({ hasNotText: "复制" });
  expect(await run.count()).toBeGreaterThan(0);
  for (const button of await run.all()) {
    await expect(button).toBeDisabled();
  }
  await expectAccessible(page);
  await press(page, panel.getByRole("button", { name: "允许它使用这台机器" }));
  await expect(run.first()).toBeEnabled(PATIENCE);
});
