/** Draws the page. A script of its own, so that the machine is on its way before any of this is there. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { MachineClient } from "../vm/machine-client";
import { MachineProvider } from "../vm/MachineContext";
import type { MemoryHint } from "../vm/preflight";
import { OfflineProvider, ReleaseProvider, startOffline } from "../offline";
import { browserPage, PreviewStore } from "../preview";
import { outsideAddress } from "../course/lessons/outside-address";
import { attachPage, type Sessions } from "../sessions/sessions";
import { App } from "./App";
import { CourseDesk } from "./stage/course-desk";
import { courseLoader } from "./stage/load-course";
import { loadTerminals } from "./stage/load-terminals";
import { pageDoor } from "./stage/page-place";
import { pointDoor } from "./stage/point-door";
import { PreviewDesk } from "./stage/preview-desk";
import { idbStorage } from "./settings/idb-storage";
import { SettingsProvider } from "./settings/SettingsContext";
import { SettingsStore } from "./settings/settings-store";

/** The settings are read in a moment; a storage that does not answer must not keep the page from being drawn. */
const SETTINGS_MS = 500;

export async function draw(
  machine: MachineClient,
  kept: Sessions,
  hint: MemoryHint | undefined,
): Promise<void> {
  const settings = new SettingsStore(idbStorage);
  await Promise.race([settings.load(), new Promise((resolve) => setTimeout(resolve, SETTINGS_MS))]);
  const { Terminals, preload, sessions } = loadTerminals(
    machine,
    () => {
      const { fontSize, screenReader } = settings.getSnapshot().settings;
      return { scheme: "dark", fontSize, screenReader };
    },
    (terminals) => {
      terminals.onShell(course.shells);
      terminals.onShell({ onPrompt: () => kept.saver.prompted() });
    },
  );
  // `?renderer=dom` is for tests and for finding faults: its rows are text in the page.
  const renderer = new URLSearchParams(location.search).get("renderer") === "dom" ? "dom" : "auto";
  const preview = new PreviewStore(machine, browserPage());
  const outside = outsideAddress(location.search, location.href);
  const desk = new PreviewDesk(preview, machine);
  const loader = courseLoader(machine, sessions, pointDoor(kept.points), outside);
  const course = new CourseDesk(loader, outside !== undefined);
  attachPage(kept, pageDoor({ terminals: sessions, course, preview: desk }));
  const { release, offline } = startOffline(machine, kept.saver);
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no root");
  createRoot(root).render(
    <StrictMode>
      <SettingsProvider store={settings}>
        <MachineProvider machine={machine}>
          <ReleaseProvider store={release}>
            <OfflineProvider store={offline}>
              <App
                Terminals={Terminals}
                renderer={renderer}
                hint={hint}
                preview={preview}
                desk={desk}
                course={course}
                sessions={kept}
              />
            </OfflineProvider>
          </ReleaseProvider>
        </MachineProvider>
      </SettingsProvider>
    </StrictMode>,
  );
  // After the first picture, so that it does not wait for the terminals' code.
  setTimeout(preload, 0);
}
