/**
 * The course as an external store: which step is shown, how it stands, what has been done, and on its way to what state
 * the machine is. The page draws it; the machine and the terminals are doors.
 */
import type { StepResult } from "../../../contract/checks";
import { messageOf } from "../../../contract/errors";
import type { ConsoleId } from "../../../contract/protocol";
import type { Language } from "../../i18n/language";
import { Store } from "../../store";
import {
  EMPTY_COURSE,
  FRESH_STEP,
  withConsequences,
  type CourseSnapshot,
  type CourseState,
} from "./course-snapshot";
import { withCommand, withEnded } from "./commands";
import type { CoursePlace } from "./course-place";
import type { MachineDoor, PointDoor, ProgressStorage, StepPoint, TerminalDoor } from "./doors";
import { checkRequest, toGuestAction } from "../format/guest-actions";
import type { Action, Lesson } from "../format/model";
import type { Course } from "../format/schema";
import { acceptsValue } from "../format/variables";
import { LessonMachine } from "./lesson-machine";
import { planTo, type PlanDoors, type Task } from "../format/prepare";
import { NO_PROGRESS, parseProgress, type Progress } from "./progress";

export interface CourseDoors extends PlanDoors {
  readonly machine: MachineDoor;
  readonly storage: ProgressStorage;
  readonly points: PointDoor;
  terminal(): TerminalDoor | undefined;
  /** Undefined beside a lesson from somewhere else. */
  readCourse(): Course | undefined;
  loadTranslated(id: string, language: Language): Promise<Lesson>;
}

export class CourseStore extends Store<CourseSnapshot> {
  readonly #doors: CourseDoors;
  readonly #machine: LessonMachine;
  #language: Language;
  #place: Progress["place"];
  #sinceMs = 0;
  /** Counts what the learner has asked for, so that what comes late from before is dropped. */
  #turn = 0;

  constructor(doors: CourseDoors, language: Language) {
    super(EMPTY_COURSE);
    this.#doors = doors;
    this.#language = language;
    this.#machine = new LessonMachine(doors.machine, {
      onChange: () => this.#update({ ready: this.#machine.isReady }),
      onReady: () => this.#onMachineReady(),
      onGone: () => this.#update({ atStep: false, result: undefined }),
    });
    this.#update({ ready: this.#machine.isReady });
    doors.machine.onStep((step, result) => this.#take(step, result));
    doors.points.subscribe(() => this.#lookAtPoints());
  }

  /** What was stored, and where the learner was. Never rejects. */
  async load(): Promise<void> {
    let progress = NO_PROGRESS;
    try {
      progress = parseProgress(await this.#doors.storage.read());
    } catch {
      // Private windows refuse: the course works for this visit.
    }
    const { done, values, open, place, folded } = progress;
    this.#place = place;
    this.#update({ course: this.#doors.readCourse(), done: new Set(done), chosen: values, open, folded });
    if (open && place !== undefined) await this.openLesson(place.lesson, place.step);
  }

  /** Where the learner is, for a save of the machine. */
  get place(): CoursePlace {
    const { open, view, lesson, step, outside, values, answers, hints, solution, atStep } =
      this.getSnapshot();
    const isOwn = lesson !== undefined && step !== undefined && outside === undefined;
    const at = isOwn
      ? { lesson: lesson.id, step: step.id, lessonTitle: lesson.title, stepTitle: step.title }
      : undefined;
    return { open, view, at, values, answers, hints, solution, atStep };
  }

  /** Shows the course as it was when the machine was saved that runs now. Never rejects. */
  async resume(place: CoursePlace): Promise<void> {
    const { open, view, at, answers, hints, solution, atStep } = place;
    const turn = ++this.#turn;
    if (at === undefined) {
      this.setOpen(open);
      return;
    }
    try {
      const { lesson: present, step: shown, practising: practised } = this.getSnapshot();
      const lesson =
        present?.id === at.lesson ? present : await this.#doors.loadTranslated(at.lesson, this.#language);
      if (turn !== this.#turn) return;
      const index = Math.max(
        lesson.steps.findIndex(({ id }) => id === at.step),
        0,
      );
      // Back at the start of the step that is practised: it goes on to be.
      const practising = practised && present?.id === at.lesson && shown?.id === at.step;
      const state = {
        ...FRESH_STEP,
        practising,
        lesson,
        index,
        outside: undefined,
        loading: false,
        failure: undefined,
      };
      const preparation = { kind: "none" } as const;
      this.#update({ ...state, open, view, answers, hints, solution, atStep, preparation });
      this.#setPlace();
      this.#lookAtPoints();
      await this.#beginWatch();
    } catch (error) {
      if (turn === this.#turn) this.#update({ loading: false, open, failure: messageOf(error) });
    }
  }

  setOpen(open: boolean): void {
    this.#update({ open });
    this.#keep();
    void this.#watch();
  }

  showContents(): void {
    this.#update({ view: "contents" });
  }

  /** Speaks another language from now on. */
  async setLanguage(language: Language): Promise<void> {
    if (language === this.#language) return;
    this.#language = language;
    const { lesson, outside } = this.getSnapshot();
    if (lesson === undefined || outside !== undefined) return;
    const turn = this.#turn;
    try {
      const translated = await this.#doors.loadTranslated(lesson.id, language);
      if (turn === this.#turn) this.#update({ lesson: translated });
    } catch (error) {
      if (turn === this.#turn) this.#update({ failure: messageOf(error) });
    }
  }

  /** Opens a lesson of the course; at its first step that is not done unless a step is named. Never rejects. */
  async openLesson(id: string, stepId?: string): Promise<void> {
    const turn = ++this.#turn;
    this.#update({ loading: true, failure: undefined, view: "lesson", open: true });
    try {
      const lesson = await this.#doors.loadTranslated(id, this.#language);
      if (turn === this.#turn) this.#show(lesson, undefined, stepId);
    } catch (error) {
      if (turn === this.#turn) this.#update({ loading: false, failure: messageOf(error) });
    }
  }

  /** Shows a lesson from somewhere else. */
  openOutside(lesson: Lesson, url: string): void {
    this.#turn++;
    this.#update({ open: true, view: "lesson", failure: undefined });
    this.#show(lesson, { url, agreed: false }, undefined);
  }

  /** The same lesson in a new version, at the same step. */
  replaceOutside(lesson: Lesson): void {
    const index = Math.min(this.getSnapshot().index, lesson.steps.length - 1);
    this.#update({ lesson, index });
    void this.#watch();
  }

  failOutside(error: unknown): void {
    this.#update({
      open: true,
      view: "lesson",
      loading: false,
      lesson: undefined,
      failure: messageOf(error),
    });
  }

  /** The reader lets a lesson from somewhere else use the machine. */
  agree(): void {
    const { outside } = this.getSnapshot();
    if (outside === undefined) return;
    this.#update({ outside: { ...outside, agreed: true } });
    void this.#enter();
  }

  /** Goes on to the next step, whose start is where this one ended; or to another one. */
  async goTo(index: number): Promise<void> {
    const { lesson, index: present, atStep, result } = this.getSnapshot();
    if (lesson?.steps[index] === undefined) return;
    const follows = index === present + 1 && atStep && result?.step.state === "pass";
    this.#turn++;
    this.#update({ index, ...FRESH_STEP, atStep: follows, preparation: { kind: "none" } });
    this.#setPlace();
    this.#lookAtPoints();
    if (follows) await this.#beginStep();
    else await this.#enter();
  }

  /**
   * Brings the machine to the shown step's start: back to a point in time if there is one, or else a clean machine and
   * all that leads there. Never rejects: what goes wrong is shown.
   * @param anew another machine even if nothing has been done in this one
   */
  async prepare(anew = false): Promise<void> {
    const { lesson, index, chosen } = this.getSnapshot();
    if (lesson === undefined || !this.#mayAct()) return;
    const turn = ++this.#turn;
    this.#update({
      ...FRESH_STEP,
      practising: anew,
      preparation: { kind: "working", title: lesson.title, done: 0, total: 1 },
    });
    try {
      await this.#machine.watch(undefined);
      // The page goes back with the machine: `resume` does the rest.
      if (await this.#goBack("step-start")) return;
      const tasks = await planTo(lesson, index, chosen, this.#doors);
      if (anew || !this.#machine.isClean) await this.#machine.restart();
      if (turn !== this.#turn) return;
      if (!(await this.#work(tasks, turn))) return;
      this.#update({ atStep: true, preparation: { kind: "none" } });
      void this.#leave("step-start");
      await this.#beginWatch();
    } catch (error) {
      if (turn === this.#turn) this.#update({ preparation: { kind: "failed", message: messageOf(error) } });
    }
  }

  /** Brings the learner's machine back to the shown step's start, from where the step is practised again. */
  async restartStep(): Promise<void> {
    await this.prepare(true);
  }

  /** Brings the learner's machine back to where the shown step was passed. */
  async returnToPass(): Promise<void> {
    await this.#goBack("step-end");
  }

  /** Runs a block that was clicked, in the learner's own terminal, or saves it. Never rejects. */
  async act(action: Action): Promise<void> {
    const { ready, values } = this.getSnapshot();
    if (!this.#mayAct() || !ready) return;
    this.#update({ notice: undefined });
    const asked = toGuestAction(action, values);
    const terminal = this.#doors.terminal();
    if (asked?.type === "run") {
      if (terminal?.type(asked.command, asked.terminal, asked.inside) === "busy") {
        this.#update({ notice: { kind: "busy" } });
      }
    } else if (asked?.type === "keys") terminal?.press(asked.bytes, asked.terminal);
    else if (asked?.type === "file") {
      try {
        await this.#machine.save(asked);
        this.#update({ notice: { kind: "saved", path: asked.path } });
      } catch (error) {
        this.#update({ notice: { kind: "failed", message: messageOf(error) } });
      }
    }
  }

  /** Takes a variable's value if the lesson accepts it, and says whether it does. */
  setValue(id: string, value: string): boolean {
    const variable = this.getSnapshot().lesson?.variables.find((each) => each.id === id);
    if (variable === undefined || !acceptsValue(variable, value)) return false;
    this.#update({ chosen: { ...this.getSnapshot().chosen, [id]: value } });
    this.#keep();
    void this.#watch();
    return true;
  }

  answer(id: string, text: string): void {
    this.#update({ answers: { ...this.getSnapshot().answers, [id]: text } });
    void this.#watch();
  }

  /** A command was typed at the prompt of one of the learner's terminals. */
  commandBegan(console: ConsoleId, text: string): void {
    this.#update({ commands: withCommand(this.getSnapshot().commands, console, text) });
  }

  /** The prompt is back there. */
  commandEnded(console: ConsoleId): void {
    const { commands } = this.getSnapshot();
    const now = withEnded(commands, console);
    if (now !== commands) this.#update({ commands: now });
  }

  /** Folds the text's commands away, or shows them. */
  setFolded(folded: boolean): void {
    this.#update({ folded });
    this.#keep();
  }

  /** Takes back that steps are done: those of one lesson, or all. */
  forget(lessonId?: string): void {
    const { done } = this.getSnapshot();
    const kept = [...done].filter((place) => lessonId !== undefined && !place.startsWith(`${lessonId}/`));
    this.#update({ done: new Set(kept), forgotten: done });
    this.#keep();
  }

  /** What was forgotten last is done again, beside what was done since. */
  undoForget(): void {
    const { done, forgotten } = this.getSnapshot();
    this.#update({ done: new Set([...(forgotten ?? []), ...done]), forgotten: undefined });
    this.#keep();
  }

  showHint(): void {
    this.#update({ hints: this.getSnapshot().hints + 1 });
  }

  showSolution(): void {
    this.#update({ solution: true });
  }

  checkNow(): void {
    this.#machine.checkNow();
  }

  focusTerminal(): void {
    this.#doors.terminal()?.focus();
  }

  #show(lesson: Lesson, outside: CourseSnapshot["outside"], stepId: string | undefined): void {
    const { done } = this.getSnapshot();
    const named = lesson.steps.findIndex(({ id }) => id === stepId);
    const undone = lesson.steps.findIndex(({ id }) => !done.has(`${lesson.id}/${id}`));
    const index = Math.max(named === -1 ? undone : named, 0);
    this.#update({
      lesson,
      outside,
      index,
      loading: false,
      ...FRESH_STEP,
      atStep: false,
      preparation: { kind: "none" },
    });
    this.#setPlace();
    this.#lookAtPoints();
    void this.#enter();
  }

  /** The shown step is not where the machine is: gets it there when nothing of the learner's would be lost. */
  async #enter(): Promise<void> {
    if (!this.#mayAct()) return;
    if (this.#machine.isClean) await this.prepare();
    else await this.#beginWatch();
  }

  /** The machine is where this step begins but for what the step itself prepares. */
  async #beginStep(): Promise<void> {
    const turn = this.#turn;
    const { lesson, step, chosen, index } = this.getSnapshot();
    if (lesson === undefined || step === undefined) return;
    if (step.start !== undefined) {
      try {
        const tasks = (await planTo(lesson, index, chosen, this.#doors)).slice(-1);
        if (!(await this.#work(tasks, turn))) return;
        this.#update({ preparation: { kind: "none" } });
      } catch (error) {
        if (turn === this.#turn) this.#update({ preparation: { kind: "failed", message: messageOf(error) } });
        return;
      }
    }
    void this.#leave("step-start");
    await this.#beginWatch();
  }

  /** The shown step as a point in time; undefined without one, or where a reader has not agreed. */
  #point(kind: StepPoint["kind"]): { readonly point: StepPoint; readonly title: string } | undefined {
    const { lesson, step, values } = this.getSnapshot();
    if (lesson === undefined || step === undefined || !this.#mayAct()) return undefined;
    return { point: { kind, lesson: lesson.id, step: step.id, values }, title: step.title };
  }

  async #leave(kind: StepPoint["kind"]): Promise<void> {
    const here = this.#point(kind);
    if (here !== undefined) await this.#doors.points.leave(here.point, here.title);
  }

  async #goBack(kind: StepPoint["kind"]): Promise<boolean> {
    const here = this.#point(kind);
    return here !== undefined && (await this.#doors.points.goBack(here.point));
  }

  #lookAtPoints(): void {
    const has = (kind: StepPoint["kind"]): boolean => {
      const here = this.#point(kind);
      return here !== undefined && this.#doors.points.has(here.point);
    };
    const points = { start: has("step-start"), end: has("step-end") };
    const { start, end } = this.getSnapshot().points;
    if (points.start !== start || points.end !== end) this.#update({ points });
  }

  /** False when the learner has asked for something else meanwhile. */
  #work(tasks: readonly Task[], turn: number): Promise<boolean> {
    return this.#machine.work(tasks, {
      onTask: (title, done) => {
        this.#update({ preparation: { kind: "working", title, done, total: tasks.length } });
      },
      isWanted: () => turn === this.#turn,
    });
  }

  #mayAct(): boolean {
    const { outside } = this.getSnapshot();
    return outside === undefined || outside.agreed;
  }

  async #beginWatch(): Promise<void> {
    this.#sinceMs = Date.now();
    await this.#watch();
  }

  async #watch(): Promise<void> {
    const { lesson, step, values, open, answers, preparation } = this.getSnapshot();
    if (preparation.kind === "working") return;
    const shown = open && lesson !== undefined && step !== undefined && this.#mayAct();
    const request = shown ? checkRequest(lesson, step, values, this.#sinceMs, answers) : undefined;
    await this.#machine.watch(request);
  }

  #take(place: string, result: StepResult): void {
    const { lesson, step, preparation, done } = this.getSnapshot();
    if (lesson === undefined || step === undefined || place !== `${lesson.id}/${step.id}`) return;
    if (preparation.kind === "working") return;
    const hadPassed = this.getSnapshot().result?.step.state === "pass";
    this.#update({ result, ...(result.step.state === "pass" ? { atStep: true } : {}) });
    if (result.step.state !== "pass") return;
    // Whoever looks at a passed step again has passed it before.
    if (!hadPassed && !this.getSnapshot().points.end) void this.#leave("step-end");
    if (done.has(place)) return;
    this.#update({ done: new Set([...done, place]) });
    this.#keep();
  }

  /** What the course itself has asked for goes on by itself. */
  #onMachineReady(): void {
    const { preparation, lesson } = this.getSnapshot();
    if (preparation.kind !== "working" && lesson !== undefined) void this.#enter();
  }

  #setPlace(): void {
    const { lesson, step, outside } = this.getSnapshot();
    if (outside === undefined && lesson !== undefined && step !== undefined) {
      this.#place = { lesson: lesson.id, step: step.id };
    }
    this.#keep();
  }

  #keep(): void {
    const { done, chosen, open, folded } = this.getSnapshot();
    const progress: Progress = { done: [...done], values: chosen, open, folded, place: this.#place };
    this.#doors.storage.write(progress).catch(() => {
      // Private windows refuse: the course works for this visit.
    });
  }

  #update(change: Partial<CourseState>): void {
    this.update(withConsequences(this.getSnapshot(), change));
  }
}
