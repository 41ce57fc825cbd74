/** The key that saves: Ctrl+S alone belongs to the guest, which stops its output by it. A Mac has Cmd besides. */
export function isSaveKey(
  press: Pick<KeyboardEvent, "code" | "ctrlKey" | "shiftKey" | "altKey" | "metaKey">,
): boolean {
  return press.code === "KeyS" && press.shiftKey && !press.altKey && press.ctrlKey !== press.metaKey;
}
