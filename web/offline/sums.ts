/** Sizes out of a survey. Parts share files: sums count each once. */
import type { PartId, Survey } from "../../contract/offline";

export interface Size {
  /** Compressed, as they are fetched and kept. */
  readonly bytes: number;
  readonly kept: number;
}

/** The size of these parts together. */
export function sizeOf({ files, parts }: Survey, ids: Iterable<PartId>): Size {
  const wanted = new Set(ids);
  const indices = new Set(parts.filter(({ id }) => wanted.has(id)).flatMap((part) => part.files));
  let bytes = 0;
  let kept = 0;
  for (const index of indices) {
    const file = files[index];
    bytes += file?.bytes ?? 0;
    if (file?.kept === true) kept += file.bytes;
  }
  return { bytes, kept };
}

/** The same survey with one more file kept; a file that is not in it changes nothing. */
export function withFile(survey: Survey, index: number): Survey {
  const file = survey.files[index];
  if (file === undefined || file.kept) return survey;
  return { ...survey, files: survey.files.with(index, { ...file, kept: true }) };
}
