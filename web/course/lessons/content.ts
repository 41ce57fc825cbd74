/** The course that comes with the app: its lessons, its pictures, and the files that lessons put into the machine. */
import contentsUrl from "virtual:drydock-contents";
import { DrydockError, messageOf } from "../../../contract/errors";
import { fetchOk } from "./fetch-ok";
import { SiteCourse } from "./site-course";

const FOLDER = "../content/docker";
const pictures = import.meta.glob<string>("../content/docker/*/files/**/*.svg", {
  query: "?raw",
  import: "default",
});
const files = import.meta.glob<string>("../content/docker/*/files/**/*", {
  query: "?url",
  import: "default",
});

export const siteCourse = new SiteCourse(contentsUrl);

/** A picture's SVG, to be drawn in the page's colours; undefined when the lesson has no such picture. */
export async function loadPicture(id: string, path: string): Promise<string | undefined> {
  return fetched(pictures[`${FOLDER}/${id}/${path}`]?.());
}

/** A file of a lesson's folder `files/`. Throws DrydockError `network`, `internal`. */
export async function loadFile(id: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = await fetched(files[`${FOLDER}/${id}/files/${name}`]?.());
  if (url === undefined)
    throw new DrydockError("internal", `the lesson has no file ${name}`, { subject: id });
  return fetchOk(
    name,
    () => fetch(url),
    async (response) => new Uint8Array(await response.arrayBuffer()),
  );
}

async function fetched<T>(loading: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await loading;
  } catch (cause) {
    throw new DrydockError("network", messageOf(cause), { subject: "lesson", cause });
  }
}
