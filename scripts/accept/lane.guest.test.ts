/** A lane in the built guest: what fails is told with what was seen, and the next row is not touched by it. */
import { afterAll, describe, expect, it } from "vitest";
import { builtGuest } from "../../worker/node/testing/built-guest";
import { type CaseInput, parseCases, run, state, type, write } from "./case";
import { Lane } from "./lane";

const lane = new Lane(builtGuest(), () => undefined);
afterAll(() => lane.close());

async function runCase(input: CaseInput): Promise<void> {
  for (const each of parseCases([input])) await lane.run(each);
}

describe("a lane", () => {
  it("runs every kind of step", async () => {
    await runCase({
      id: "every-kind",
      steps: [
        write("/root/some/file", "written\n"),
        run("cat some/file; echo error >&2; exit 3", {
          status: 3,
          sees: ["written", /^error$/m],
          lacks: "x",
        }),
        run("id -un", { user: "learner", sees: /^learner$/m }),
        state("cat some/file", "written"),
        // What is typed before the program reads would still be the shell's.
        type('echo "rea"dy; read word && echo got $word > word', { on: 1, sees: /^ready$/m }),
        type("this", { on: 1, sees: /root@drydock:~# $/ }),
        state("cat word", "got this", { within: 30 }),
      ],
    });
  });

  it("takes away what a row made", async () => {
    await runCase({ id: "makes", steps: [run("docker run --name left -v /data busybox touch left", {})] });
    await runCase({
      id: "looks",
      steps: [state("docker ps -aq; docker volume ls -q; ls", "templates")],
    });
  });

  it("ends a command that hangs, tells what it printed, and goes on with the next row", async () => {
    const hanging = runCase({
      id: "hangs",
      steps: [run("echo before; sleep 1000; echo after", { seconds: 5 })],
    });
    await expect(hanging).rejects.toThrow(
      /^step 1: echo before.*\n.*was not over after 5 s\. It printed:\nbefore\n[^]*-- the machine:/,
    );
    await runCase({ id: "next", steps: [run("echo next", { sees: "next" })] });
  });

  it.each([
    ["another status", run("exit 4", {}), "status 0 was expected. `exit 4` ended with 4"],
    [
      "a text that is not there",
      run("echo this", { sees: "that" }),
      "that is not there. `echo this` ended with 0",
    ],
    ["a text that may not be there", run("echo this", { lacks: /th/ }), "/th/ is there."],
    ["another state", state("echo this", "that"), '"that" was expected of `echo this`'],
    [
      "another screen",
      type("echo shown", { sees: "hidden", seconds: 5 }),
      /no hidden on terminal 0 after 5 s\. It shows:\necho shown\nshown\n/,
    ],
  ])("fails for %s", async (_, step, message) => {
    await expect(runCase({ id: "fails", steps: [step] })).rejects.toThrow(message);
  });
});
