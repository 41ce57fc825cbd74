import { expect, it } from "vitest";
import { Store } from "../../store";
import { CourseDesk } from "./course-desk";
import type { CourseLoader, LoadedCourse } from "./load-course";

class OpenOrNot extends Store<{ readonly open: boolean }> {
  setOpen(open: boolean): void {
    this.update({ open });
  }
}

function setUp(options: { open?: boolean; atOnce?: boolean; failures?: number } = {}): {
  desk: CourseDesk;
  course: OpenOrNot;
} {
  const { open = false, atOnce = false } = options;
  let failures = options.failures ?? 0;
  const course = new OpenOrNot({ open });
  const loaded = { store: course, Panel: () => null } as unknown as LoadedCourse;
  const loader: CourseLoader = {
    load: () => (failures-- > 0 ? Promise.reject(new Error("offline")) : Promise.resolve(loaded)),
  };
  return { desk: new CourseDesk(loader, atOnce), course };
}

it("is open as the course was left, once its code is there", async () => {
  const { desk, course } = setUp({ open: true });
  expect(desk.getSnapshot()).toMatchObject({ isOpen: false, loaded: undefined });
  await desk.load("en");
  expect(desk.getSnapshot()).toMatchObject({ isOpen: true, front: "stage" });
  course.setOpen(false);
  expect(desk.getSnapshot().isOpen).toBe(false);
});

it("a phone shows the course when it is opened, and the stage when it is closed", async () => {
  const { desk } = setUp();
  await desk.toggle("en");
  expect(desk.getSnapshot()).toMatchObject({ isOpen: true, front: "course" });
  await desk.toggle("en");
  expect(desk.getSnapshot()).toMatchObject({ isOpen: false, front: "stage" });
});

it("tells of code that could not be had when somebody waits for it, and tries again", async () => {
  const { desk } = setUp({ failures: 2 });
  await desk.load("en");
  expect(desk.getSnapshot().failed).toBe(false);
  await desk.toggle("en");
  expect(desk.getSnapshot().failed).toBe(true);
  await desk.toggle("en");
  expect(desk.getSnapshot()).toMatchObject({ failed: false, isOpen: true });
});

it("tells at once when the page's address names a lesson", async () => {
  const { desk } = setUp({ atOnce: true, failures: 1 });
  expect(desk.getSnapshot().front).toBe("course");
  await desk.load("en");
  expect(desk.getSnapshot().failed).toBe(true);
});

it("opens for a link to the course, and stays open when it was open already", async () => {
  for (const open of [false, true]) {
    const { desk } = setUp({ open, failures: 1 });
    await desk.open("en");
    expect(desk.getSnapshot().failed).toBe(true);
    await desk.open("en");
    expect(desk.getSnapshot()).toMatchObject({ failed: false, isOpen: true, front: "course" });
  }
});
