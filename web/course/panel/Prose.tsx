/**
 * Markdown as React elements. Only the kinds of nodes below are drawn, and nothing is ever parsed as HTML: a lesson from
 * anywhere cannot bring more than text, links and code.
 */
import type { ReactElement, ReactNode } from "react";
import { CodeBlock } from "./CodeBlock";
import { useCourse } from "./CourseContext";
import type { Prose as ProseNodes, ProseNode } from "../format/prose";
import { fillText, type Values } from "../format/variables";
import { LessonLinks } from "./LessonLinks";
import { Picture } from "./Picture";
import styles from "./Prose.module.css";

interface Context {
  readonly values: Values;
  readonly lessonId: string;
  /** Pictures come from the lesson's own folder. */
  readonly trusted: boolean;
  readonly folded: boolean;
}

export interface ProseProps {
  readonly nodes: ProseNodes;
  /** What could be clicked is folded away. */
  readonly folded?: boolean;
}

/** Words of the lesson that is open. */
export function Prose({ nodes, folded = false }: ProseProps): ReactElement {
  const { lesson, outside, values } = useCourse().course;
  const context = { values, lessonId: lesson?.id ?? "", trusted: outside === undefined, folded };
  return <div className={styles.prose}>{drawAll(nodes, context)}</div>;
}

function drawAll(nodes: ProseNodes, context: Context): ReactNode[] {
  return nodes.map((node, index) => <Node key={index} node={node} context={context} />);
}

function Node({ node, context }: { readonly node: ProseNode; readonly context: Context }): ReactNode {
  const { values } = context;
  switch (node.type) {
    case "text":
      return <LessonLinks text={fillText(node.value, values)} enabled={context.trusted} />;
    case "paragraph":
      return <p>{drawAll(node.children, context)}</p>;
    case "strong":
      return <strong>{drawAll(node.children, context)}</strong>;
    case "emphasis":
      return <em>{drawAll(node.children, context)}</em>;
    case "inlineCode":
      return <code>{fillText(node.value, values)}</code>;
    case "break":
      return <br />;
    case "thematicBreak":
      return <hr />;
    case "blockquote":
      return <blockquote>{drawAll(node.children, context)}</blockquote>;
    case "list": {
      const items = drawAll(node.children, context);
      return node.start === undefined ? <ul>{items}</ul> : <ol start={node.start}>{items}</ol>;
    }
    case "listItem":
      return <li>{drawAll(node.children, context)}</li>;
    case "heading":
      // The page's own headings end at the third level.
      return <h4>{drawAll(node.children, context)}</h4>;
    case "link":
      return <SafeLink url={node.url}>{drawAll(node.children, context)}</SafeLink>;
    case "image":
      return <Picture url={node.url} alt={node.alt} lessonId={context.lessonId} trusted={context.trusted} />;
    case "code":
      return <CodeBlock node={node} values={values} folded={context.folded} />;
    case "table":
      return <Table rows={node.children} context={context} />;
    default:
      // Rows and cells are the table's to draw.
      return null;
  }
}

function SafeLink({ url, children }: { readonly url: string; readonly children: ReactNode }): ReactElement {
  if (!/^https?:\/\//u.test(url)) return <span>{children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

function Table({ rows, context }: { readonly rows: ProseNodes; readonly context: Context }): ReactElement {
  const cells = (row: ProseNode | undefined): ProseNodes =>
    row !== undefined && "children" in row ? row.children : [];
  const content = (cell: ProseNode): ReactNode =>
    "children" in cell ? drawAll(cell.children, context) : null;
  const [head, ...body] = rows;
  return (
    <table>
      <thead>
        <tr>
          {cells(head).map((cell, index) => (
            <th key={index} scope="col">
              {content(cell)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {body.map((row, line) => (
          <tr key={line}>
            {cells(row).map((cell, index) => (
              <td key={index}>{content(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
