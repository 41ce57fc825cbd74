import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../../contract/errors";
import { zhCN } from "../../i18n/zh-cn";
import { FAILURE_PLANS } from "./failure-plan";

describe("FAILURE_PLANS", () => {
  it("has a page with a text of its own for every code", () => {
    for (const code of ERROR_CODES) {
      expect(zhCN.failures[FAILURE_PLANS[code].page].heading).not.toBe("");
    }
    const headings = new Set(ERROR_CODES.map((code) => zhCN.failures[FAILURE_PLANS[code].page].heading));
    // Three codes that a learner can do nothing about, and two with which no machine fails, share one page; two say that
    // the machine is in another tab.
    expect(headings.size).toBe(ERROR_CODES.length - 5);
  });

  it("names what is to blame where the learner can act on it", () => {
    expect(FAILURE_PLANS["bad-chunk"]).toMatchObject({ namesSubject: true, actions: ["retry"] });
  });

  it("goes on by itself after a lost network alone", () => {
    expect(ERROR_CODES.filter((code) => FAILURE_PLANS[code].resumesOnline === true)).toEqual(["network"]);
  });

  it("sends the learner to a new version by a reload", () => {
    expect(FAILURE_PLANS["version-mismatch"].actions).toEqual(["reload"]);
  });
});
