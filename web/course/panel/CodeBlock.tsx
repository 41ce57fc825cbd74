/** A fenced block: code to be run, keys to be pressed, a file to be saved, output to be seen, or text to be copied. */
import { useState, type ReactElement, type ReactNode } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { classes } from "../../ui/classes";
import type { IconName } from "../../ui/Icon";
import { useCourse } from "./CourseContext";
import type { Action, CodeNode } from "../format/prose";
import { fillText, type Values } from "../format/variables";
import styles from "./CodeBlock.module.css";

const COPIED_MS = 2000;

export interface CodeBlockProps {
  readonly node: CodeNode;
  readonly values: Values;
  /** Shown only when the learner asks, if it can be run or saved. */
  readonly folded: boolean;
}

export function CodeBlock({ folded, ...block }: CodeBlockProps): ReactElement {
  const { t } = useSpeech();
  if (!folded || block.node.action === undefined) return <ShownBlock {...block} />;
  return (
    <details className={styles.folded}>
      <summary>{t.course.unfold}</summary>
      <ShownBlock {...block} />
    </details>
  );
}

function ShownBlock({ node, values }: Omit<CodeBlockProps, "folded">): ReactElement {
  const { t } = useSpeech();
  const text = fillText(node.value, values);
  const { action, output } = node;
  if (action?.type === "run") {
    const where = action.terminal === 1 ? undefined : t.course.inTerminal(String(action.terminal));
    return (
      <Block kind="run" title={where} code={text}>
        <ActButton
          action={action}
          icon="play"
          text={t.course.run}
          label={t.course.runLabel(brief(text))}
          primary
        />
        <CopyButton text={text} />
      </Block>
    );
  }
  if (action?.type === "file") {
    const path = fillText(action.path, values);
    return (
      <Block kind="file" title={path} code={text}>
        <ActButton
          action={action}
          icon="download"
          text={t.course.save}
          label={t.course.saveLabel(path)}
          primary
        />
        <CopyButton text={text} />
      </Block>
    );
  }
  if (action?.type === "keys") {
    return (
      <div className={classes(styles.block, styles.keys)} data-testid="act">
        <span className={styles.caps}>
          {action.keys.map((key, index) => (
            <kbd key={index}>{key}</kbd>
          ))}
        </span>
        <ActButton
          action={action}
          icon="play"
          text={t.course.press}
          label={t.course.pressLabel(action.keys.join(" "))}
        />
      </div>
    );
  }
  return (
    <Block kind={output ? "output" : "text"} title={output ? t.course.output : undefined} code={text}>
      {output ? null : <CopyButton text={text} />}
    </Block>
  );
}

function Block(props: {
  readonly kind: "run" | "file" | "output" | "text";
  readonly title: string | undefined;
  readonly code: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div
      className={classes(
        styles.block,
        props.kind === "run" && styles.run,
        props.kind === "output" && styles.output,
      )}
      data-testid={props.kind === "run" || props.kind === "file" ? "act" : undefined}
      data-kind={props.kind}
    >
      {props.title === undefined ? null : <div className={styles.title}>{props.title}</div>}
      <pre className={styles.code}>
        <code>{props.code}</code>
      </pre>
      <div className={styles.actions}>{props.children}</div>
    </div>
  );
}

function ActButton(props: {
  readonly action: Action;
  readonly icon: IconName;
  readonly text: string;
  readonly label: string;
  readonly primary?: boolean;
}): ReactElement {
  const { store, course } = useCourse();
  const disabled = !course.ready || course.preparation.kind === "working" || course.outside?.agreed === false;
  return (
    <Button
      size="s"
      look={props.primary === true ? "primary" : "plain"}
      icon={props.icon}
      label={props.label}
      disabled={disabled}
      onClick={() => void store.act(props.action)}
    >
      {props.text}
    </Button>
  );
}

function CopyButton({ text }: { readonly text: string }): ReactElement {
  const { t } = useSpeech();
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), COPIED_MS);
      },
      () => {
        // The browser does not allow it: the text can be selected.
      },
    );
  };
  return (
    <Button size="s" icon={copied ? "check" : "copy"} label={t.course.copyLabel(brief(text))} onClick={copy}>
      {copied ? t.course.copied : t.course.copy}
    </Button>
  );
}

/** The beginning of a text, for a button's name. */
function brief(text: string): string {
  const [line = ""] = text.split("\n");
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}
