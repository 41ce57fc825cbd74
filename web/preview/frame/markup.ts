/**
 * Which attributes load something. They must not load before there is a blob: they are renamed in markup before it is
 * parsed, and elements.ts restores them.
 */
export const MARK = "data-drydock-";

/** Attributes by element, in lower case. `srcset` comes down to its first candidate. */
export const LOADING_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  img: ["src", "srcset"],
  source: ["src", "srcset"],
  video: ["src", "poster"],
  audio: ["src"],
  track: ["src"],
  input: ["src"],
  image: ["href", "xlink:href"],
  script: ["src"],
  link: ["href"],
  iframe: ["src"],
  frame: ["src"],
  embed: ["src"],
  object: ["data"],
};

const TAG = /<([a-z][a-z0-9:-]*)\b((?:"[^"]*"|'[^']*'|[^"'<>])*)>/giu;
const ATTRIBUTE = /([^\s"'>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]*)/gu;

/** Renames what would load in a piece of markup, which may be a fragment of some. */
export function markMarkup(html: string): string {
  return html.replace(TAG, (tag, name: string, attributes: string) => {
    const loading = LOADING_ATTRIBUTES[name.toLowerCase()];
    if (loading === undefined) return tag;
    const marked = attributes.replace(
      ATTRIBUTE,
      (whole, attribute: string, equals: string, value: string) => {
        const wanted =
          loading.includes(attribute.toLowerCase()) && !isHere(value.replace(/^["']|["']$/gu, ""));
        return wanted ? markOf(attribute) + equals + value : whole;
      },
    );
    return `<${name}${marked}>`;
  });
}

export function markOf(attribute: string): string {
  return MARK + attribute.toLowerCase().replace(":", "-");
}

/** Loads without the network, or loads nothing. */
export function isHere(address: string): boolean {
  return /^\s*(?:$|#|data:|blob:|about:|javascript:)/iu.test(address);
}

/** The first candidate of a `srcset`. */
export function firstCandidate(srcset: string): string {
  return (
    srcset
      .trim()
      .split(/\s+|,\s/u)[0]
      ?.replace(/,$/u, "") ?? ""
  );
}
