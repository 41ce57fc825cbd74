/** Whether the course is open beside the terminals, and which of the two a phone shows. */
import type { Language } from "../../i18n/language";
import { Store } from "../../store";
import type { CoursePlace } from "../../course";
import type { FollowShells } from "../../terminal";
import type { CourseLoader, LoadedCourse } from "./load-course";

export type WorkspaceSide = "course" | "stage";

export interface CourseDeskSnapshot {
  readonly isOpen: boolean;
  readonly front: WorkspaceSide;
  readonly loaded: LoadedCourse | undefined;
  /** The code could not be had, and somebody waits for it. */
  readonly failed: boolean;
}

export class CourseDesk extends Store<CourseDeskSnapshot> {
  readonly #loader: CourseLoader;
  /** Where the course is to be once it is there. */
  #wanted: CoursePlace | undefined;
  /** The page's address names a lesson. */
  readonly atOnce: boolean;

  constructor(loader: CourseLoader, atOnce: boolean) {
    super({ isOpen: false, front: atOnce ? "course" : "stage", loaded: undefined, failed: false });
    this.#loader = loader;
    this.atOnce = atOnce;
  }

  /** Tells the course what is typed at the shells' prompts. */
  readonly shells: FollowShells = {
    onCommand: (console, text) => this.getSnapshot().loaded?.store.commandBegan(console, text),
    onPrompt: (console) => this.getSnapshot().loaded?.store.commandEnded(console),
  };

  /** Brings in the course's code, which knows whether it was open at the last visit. Never rejects. */
  async load(language: Language): Promise<LoadedCourse | undefined> {
    try {
      const loaded = await this.#loader.load(language);
      if (this.getSnapshot().loaded === undefined) this.#follow(loaded);
      return loaded;
    } catch {
      // Without being asked for it is tried again later.
      this.update({ failed: this.atOnce });
      return undefined;
    }
  }

  /** Opens or closes the course; a failure to load it is shown. Never rejects. */
  async toggle(language: Language): Promise<void> {
    const loaded = await this.load(language);
    if (loaded === undefined) {
      this.update({ failed: true });
      return;
    }
    const open = !loaded.store.getSnapshot().open;
    loaded.store.setOpen(open);
    this.update({ front: open ? "course" : "stage" });
  }

  /** Opens the course, as a link to it asks. Never rejects. */
  async open(language: Language): Promise<void> {
    const loaded = await this.load(language);
    loaded?.store.setOpen(true);
    this.update(loaded === undefined ? { failed: true } : { front: "course" });
  }

  /** Where the learner is, for a save of the machine; undefined before the course's code is there. */
  get place(): CoursePlace | undefined {
    return this.getSnapshot().loaded?.store.place ?? this.#wanted;
  }

  /** Shows the course as it was when the machine was saved that runs now. A lesson of the page's address stays. */
  resume(place: CoursePlace): void {
    if (this.atOnce) return;
    const { loaded } = this.getSnapshot();
    if (loaded === undefined) this.#wanted = place;
    else void loaded.store.resume(place);
  }

  show(front: WorkspaceSide): void {
    this.update({ front });
  }

  #follow(loaded: LoadedCourse): void {
    const { store } = loaded;
    store.subscribe(() => this.update({ isOpen: store.getSnapshot().open }));
    this.update({ loaded, failed: false, isOpen: store.getSnapshot().open });
    if (this.#wanted === undefined) return;
    void store.resume(this.#wanted);
    this.#wanted = undefined;
  }
}
