/** The first containers of Docker's own lessons, with pages of ours: a few kilobytes on nginx. */
import { nginx } from "../nginx/recipe";
import type { Recipe } from "../recipe";
import { ownFiles } from "../take-files";

function pageOf(name: string, page: string, description: string): Recipe {
  return {
    name,
    folder: import.meta.dirname,
    tags: ["latest"],
    description,
    base: nginx,
    build: async () => ({
      entries: await ownFiles(import.meta.dirname, {
        "usr/share/nginx/html/index.html": page,
        "usr/share/nginx/html/page.css": "page.css",
      }),
      config: {},
      step: `COPY ${page} /usr/share/nginx/html/index.html`,
      packages: {},
    }),
  };
}

export const gettingStarted = pageOf(
  "docker/getting-started",
  "getting-started.html",
  "A page of Drydock's own in the place of Docker's tutorial: what the first command did, and what comes next.",
);

export const welcomeToDocker = pageOf(
  "docker/welcome-to-docker",
  "welcome.html",
  "A page of Drydock's own in the place of Docker's: it says that your container answers.",
);
