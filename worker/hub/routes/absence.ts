/** Why a manifest is not there, where one can say more than that it is unknown. Docker prints it after its own words. */
import type { ImageNotice } from "../../../contract/events";
import type { Reference } from "../names";
import type { RegistryParts } from "./registry-parts";

const FOR_WINDOWS = /windows|nanoserver|servercore/i;

/** Docker's way to write a repository of the hub. */
function familiar(name: string): string {
  return name.replace(/^library\//, "");
}

/** As a learner writes it; without a tag when it was asked for by digest. */
export function familiarReference(name: string, reference: Reference): string {
  return reference.kind === "tag" ? `${familiar(name)}:${reference.tag}` : familiar(name);
}

/** @returns the end of the sentence "manifest unknown: …", or undefined when nothing is known */
export function explainAbsence(
  { catalogue, index }: RegistryParts,
  name: string,
  reference: Reference,
): string | undefined {
  const left = index.missing(name);
  if (left !== undefined) return `${name} is not in this build, because ${left.why}`;
  const absent = index.absent(name);
  if (absent !== undefined) return describeAbsent(familiar(name), absent.instead);
  const windows = reference.kind === "tag" && FOR_WINDOWS.test(reference.tag);
  if (windows && catalogue.tags(name) !== undefined)
    return `${familiarReference(name, reference)} is for Windows, and this machine runs Linux`;
  return undefined;
}

function describeAbsent(name: string, instead: readonly string[]): string {
  const names = instead.map(familiar).join(", ");
  return `${name} is not in this hub${names === "" ? "" : `, which has ${names}`}`;
}

/** What the page may say of an image that is not in the hub. */
export function absenceNotice(
  { index }: RegistryParts,
  name: string,
  reference: Reference,
): ImageNotice | undefined {
  const absent = index.absent(name);
  if (absent === undefined) return undefined;
  const image = familiarReference(name, reference);
  return { kind: "absent", image, instead: absent.instead.map(familiar) };
}
