/** Has the browser save a file under a name, as if a link to it had been clicked. */

/** What no file system takes in a name, and what is long. */
const FORBIDDEN = /[\\/:*?"<>|\p{Cc}]+/gu;
const MAX_NAME = 80;
/** Milliseconds that the browser has to begin reading. */
const PATIENCE = 60_000;

export function offerFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), PATIENCE);
}

export function fileName(name: string): string {
  const plain = name.replace(FORBIDDEN, " ").trim().slice(0, MAX_NAME).trim();
  return `${plain === "" ? "drydock" : plain}.drydock`;
}
