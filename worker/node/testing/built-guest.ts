/** The guest that the tests of project `guest` run: `npm test` builds it, DRYDOCK_GUEST names its folder. */
export function builtGuest(): string {
  const folder = process.env["DRYDOCK_GUEST"];
  if (folder === undefined || folder === "") {
    throw new Error("DRYDOCK_GUEST must name the folder that `npm run images` prints as `guest`");
  }
  return folder;
}
