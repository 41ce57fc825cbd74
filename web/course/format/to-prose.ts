/** Markdown's nodes as prose: what the page does not draw (HTML, definitions) is left out, and so are places in the file. */
import type { Nodes } from "mdast";
import { actionOf, parseInfo } from "./info-string";
import type { Prose, ProseNode } from "./prose";

/** Never throws. */
export function toProse(nodes: readonly Nodes[]): Prose {
  return nodes.flatMap((node) => convert(node));
}

function convert(node: Nodes): Prose {
  switch (node.type) {
    case "text":
    case "inlineCode":
      return one({ type: node.type, value: node.value });
    case "break":
    case "thematicBreak":
      return one({ type: node.type });
    case "paragraph":
    case "strong":
    case "emphasis":
    case "blockquote":
    case "listItem":
    case "heading":
    case "table":
    case "tableRow":
    case "tableCell":
      return one({ type: node.type, children: toProse(node.children) });
    case "list": {
      const start = node.ordered === true ? { start: node.start ?? 1 } : {};
      return one({ type: "list", ...start, children: toProse(node.children) });
    }
    case "link":
      return one({ type: "link", url: node.url, children: toProse(node.children) });
    case "linkReference":
      // Its address is in a definition, which the page does not read: the words stay.
      return toProse(node.children);
    case "image":
      return one({ type: "image", url: node.url, alt: node.alt ?? "" });
    case "code": {
      const action = actionOf(node);
      const output = parseInfo(node.lang, node.meta).flags.has("output");
      return one({ type: "code", value: node.value, ...(action === undefined ? {} : { action }), output });
    }
    default:
      return [];
  }
}

function one(node: ProseNode): Prose {
  return [node];
}
