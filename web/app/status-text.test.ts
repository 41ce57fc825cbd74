import { describe, expect, it } from "vitest";
import type { MachineStatus } from "../../contract/protocol";
import { createFormat } from "../i18n/format";
import { zhCN } from "../i18n/zh-cn";
import { NO_MACHINE, type MachineSnapshot } from "../vm/machine-client";
import { announcement, pageTitle, statusLabel } from "./status-text";

const words = { t: zhCN, format: createFormat("zh-CN") };
const fault = { error: { code: "network", message: "" } } as const;
const at = (status: MachineStatus, more: Partial<MachineSnapshot> = {}): MachineSnapshot => ({
  ...NO_MACHINE,
  status,
  ...more,
});

const all: MachineSnapshot[] = [
  at({ kind: "idle" }),
  at({ kind: "loading", bytes: 0, total: 0, cached: 0 }),
  at({ kind: "loading", bytes: 42, total: 100, cached: 0 }),
  at({ kind: "restoring", pages: 3, total: 4 }),
  at({ kind: "booting" }),
  at({ kind: "ready" }),
  at({ kind: "ready" }, { fault }),
  at({ kind: "paused" }),
  at({ kind: "failed", error: { code: "bad-chunk", message: "" } }),
];

describe("the status in words", () => {
  it("is short in the header", () => {
    expect(all.map((snapshot) => statusLabel(snapshot, words))).toEqual([
      "准备中",
      "连接中",
      "下载中 42%",
      "恢复中 75%",
      "启动中",
      "运行中",
      "等待数据",
      "已暂停",
      "未运行",
    ]);
  });

  it("has the whole start's percentage in the title", () => {
    expect(all.map((snapshot) => pageTitle(snapshot, words))).toEqual([
      "启动中 · Drydock",
      "启动中 · Drydock",
      "29% · Drydock",
      "85% · Drydock",
      "启动中 · Drydock",
      zhCN.title.ready,
      "等待数据 · Drydock",
      "已暂停 · Drydock",
      "启动失败 · Drydock",
    ]);
  });

  it("is announced without numbers, so that it is heard once a stage", () => {
    const heard = all.map((snapshot) => announcement(snapshot, words));
    expect(heard[1]).toBe(heard[2]);
    expect(heard.some((text) => /\d/u.test(text))).toBe(false);
    expect(heard.at(-1)).toContain(zhCN.failures.chunk.heading);
    expect(new Set(heard).size).toBe(all.length - 1);
  });
});
