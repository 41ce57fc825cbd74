import { describe, expect, it } from "vitest";
import { ERROR_CODES, type SerialisedError } from "../../../contract/errors";
import { en } from "../../i18n/en";
import { zhCN } from "../../i18n/zh-cn";
import { WORKER_SCRIPT } from "../../vm/worker-link";
import { failureText } from "./failure-text";

const failure = (code: SerialisedError["code"], subject?: string): SerialisedError => ({
  code,
  message: "it failed",
  ...(subject === undefined ? {} : { subject }),
});

describe("a failure's text", () => {
  it.each(ERROR_CODES)("says of %s what happened", (code) => {
    for (const t of [en, zhCN]) {
      const { heading, body } = failureText(failure(code), t, true);
      expect([heading, ...body].every((text) => text.length > 3)).toBe(true);
    }
  });

  it("names what the browser lacks", () => {
    expect(failureText(failure("no-webassembly"), en, true).body[0]).toContain("WebAssembly");
    expect(failureText(failure("no-webassembly", "module Worker"), en, true).body[0]).toContain(
      "module Worker",
    );
  });

  it("tells a script that did not come from a worker that died", () => {
    expect(failureText(failure("worker-died", WORKER_SCRIPT), en, true).heading).toBe(
      en.failures.script.heading,
    );
    expect(failureText(failure("worker-died"), en, true).heading).toBe(en.failures.worker.heading);
  });

  it("tells an offline browser from a server that does not answer", () => {
    expect(failureText(failure("network"), en, false).body[0]).toBe(en.failures.network.offline);
    expect(failureText(failure("network"), en, true).body[0]).toBe(en.failures.network.online);
  });

  it("has tips where something helps", () => {
    expect(failureText(failure("bad-chunk"), en, true).tips).toEqual(en.failures.chunk.tips);
    expect(failureText(failure("bad-snapshot"), en, true).tips).toEqual([]);
  });
});
