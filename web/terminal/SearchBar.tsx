/** Finds text in a terminal and its scrollback. Enter goes to the next match, Shift+Enter to the one before. */
import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Input } from "../ui/Input";
import type { TerminalSession } from "./terminal-session";
import { pageTokens, searchColours } from "./terminal-theme";
import styles from "./SearchBar.module.css";

export interface SearchBarProps {
  readonly session: TerminalSession;
  readonly onClose: () => void;
}

interface Results {
  /** From 0; -1 when there are too many to count. */
  readonly index: number;
  readonly count: number;
}

export function SearchBar({ session, onClose }: SearchBarProps): ReactElement {
  const { t, format } = useSpeech();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [matchCase, setMatchCase] = useState(false);
  const [results, setResults] = useState<Results>();

  useEffect(() => {
    input.current?.focus();
    const subscription = session.search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setResults({ index: resultIndex, count: resultCount }),
    );
    return () => {
      subscription.dispose();
      session.search.clearDecorations();
    };
  }, [session]);

  const optionsWith = (caseSensitive: boolean) => ({
    caseSensitive,
    decorations: searchColours(pageTokens()),
  });

  const find = (direction: "next" | "previous"): void => {
    if (text === "") return;
    if (direction === "next") session.search.findNext(text, optionsWith(matchCase));
    else session.search.findPrevious(text, optionsWith(matchCase));
  };

  /** The query changed: starts at the newest row, then keeps its place as long as that matches. */
  const refine = (query: string, caseSensitive: boolean): void => {
    if (query === "") {
      session.search.clearDecorations();
      setResults(undefined);
    } else if (text === "") {
      session.search.findPrevious(query, optionsWith(caseSensitive));
    } else {
      session.search.findNext(query, { ...optionsWith(caseSensitive), incremental: true });
    }
  };

  const handleKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") find(event.shiftKey ? "previous" : "next");
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
  };

  return (
    <Card raised className={styles.bar} role="search" aria-label={t.searchBar.label}>
      <Input
        ref={input}
        size="s"
        className={styles.input}
        value={text}
        placeholder={t.searchBar.placeholder}
        aria-label={t.searchBar.label}
        onChange={(event) => {
          setText(event.target.value);
          refine(event.target.value, matchCase);
        }}
        onKeyDown={handleKey}
      />
      <span className={styles.results} role="status">
        {text === "" || results === undefined ? "" : describe(results)}
      </span>
      <Button
        look="quiet"
        size="s"
        pressed={matchCase}
        label={t.searchBar.matchCase}
        title={t.searchBar.matchCase}
        onClick={() => {
          setMatchCase(!matchCase);
          refine(text, !matchCase);
        }}
      >
        Aa
      </Button>
      {(["previous", "next"] as const).map((direction) => (
        <Button
          key={direction}
          look="quiet"
          size="s"
          icon={direction === "previous" ? "up" : "down"}
          label={t.searchBar[direction]}
          disabled={text === ""}
          onClick={() => find(direction)}
        />
      ))}
      <Button look="quiet" size="s" icon="close" label={t.searchBar.close} onClick={onClose} />
    </Card>
  );

  function describe({ index, count }: Results): string {
    if (count === 0) return t.searchBar.none;
    if (index < 0) return t.searchBar.many(format.count(count));
    return t.searchBar.results(format.count(index + 1), format.count(count));
  }
}
