/** `?lesson=URL`, read before the course's code is there. */

/** The address of a lesson in the page's own address; undefined when there is none that may be fetched. */
export function outsideAddress(search: string, page: string): URL | undefined {
  const wanted = new URLSearchParams(search).get("lesson");
  if (wanted === null || !URL.canParse(wanted, page)) return undefined;
  const url = new URL(wanted, page);
  const own = url.origin === new URL(page).origin;
  return url.protocol === "https:" || own ? url : undefined;
}
