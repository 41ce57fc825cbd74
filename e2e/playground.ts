/**
 * Drives the page as a person does: types into a terminal, reads its rows. `?renderer=dom` makes xterm draw text that
 * can be read.
 */
import { expect, type Page } from "@playwright/test";

/** A docker run on two busy processors can take this long; tests wait for what is seen, never for a time. */
export const PATIENCE = { timeout: 180_000 };

/** Milliseconds between two looks at a screen: Playwright's own pace is a second soon, and a test has hundreds of them. */
const LOOKS = [50, 100, 100, 200];

let marks = 0;

export class Playground {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page and waits for the prompt. */
  static async open(page: Page): Promise<Playground> {
    const playground = new Playground(page);
    await playground.visit();
    await playground.waitReady();
    return playground;
  }

  async visit(): Promise<void> {
    await this.page.goto("./?renderer=dom");
  }

  async waitReady(): Promise<void> {
    await expect(this.page.getByTestId("status")).toHaveAttribute("data-kind", "ready", PATIENCE);
    await this.waitForText(/[#$]$/m);
  }

  /** Takes a clean machine where there are kept ones. */
  async startClean(): Promise<void> {
    await this.page
      .getByTestId("start-choice")
      .getByRole("button", { name: /全新|clean/ })
      .click(PATIENCE);
    await this.waitReady();
  }

  /** Goes on with the machine that was saved last. */
  async goOn(): Promise<void> {
    await this.page.getByTestId("go-on").click(PATIENCE);
    await expect(this.page.getByTestId("status")).toHaveAttribute("data-kind", "ready", PATIENCE);
  }

  /** Saves by the key for it, and waits until it is safe. */
  async save(): Promise<void> {
    const saves = this.page.getByTestId("save-state");
    const before = Number(await saves.getAttribute("data-saves"));
    await this.page.keyboard.press("Control+Shift+S");
    await expect
      .poll(async () => Number(await saves.getAttribute("data-saves")), PATIENCE)
      .toBeGreaterThan(before);
  }

  /** What a terminal shows: its rows, joined, without the spaces at their ends (which the screen adds). */
  async screen(terminal = 0): Promise<string> {
    const rows = await this.page
      .getByTestId(`terminal-${terminal}`)
      .locator(".xterm-rows > div")
      .allTextContents();
    return rows.map((row) => row.replaceAll("\u00a0", " ").trimEnd()).join("\n");
  }

  async waitForText(pattern: RegExp, terminal = 0, patience = PATIENCE): Promise<string> {
    await expect.poll(() => this.screen(terminal), { intervals: LOOKS, ...patience }).toMatch(pattern);
    return this.screen(terminal);
  }

  async focus(terminal = 0): Promise<void> {
    await this.page.getByTestId(`terminal-${terminal}`).locator("textarea").focus();
  }

  /** Types lines into the focused terminal, Enter at the end of each (line feeds inside inserted text were seen to get lost). */
  async typeLine(text: string): Promise<void> {
    for (const line of text.split("\n")) {
      await this.page.keyboard.insertText(line);
      await this.page.keyboard.press("Enter");
    }
  }

  /**
   * Clears the screen, runs a command line, and waits for its end.
   * @returns what was on the screen then, and the exit status
   */
  async run(command: string, terminal = 0, patience = PATIENCE): Promise<{ status: number; screen: string }> {
    const mark = `${Date.now() % 100_000}${marks++}`;
    await this.focus(terminal);
    // The mark is printed in two parts, so that the echo of the command line is not taken for it.
    await this.typeLine(`clear; ${command}; printf '\\nEND-%s-%s\\n' ${mark} $?`);
    const screen = await this.waitForText(new RegExp(`END-${mark}-\\d+`), terminal, patience);
    const status = Number(new RegExp(`END-${mark}-(\\d+)`).exec(screen)?.[1]);
    return { status, screen };
  }
}
