/** The running machine as a session of its own, under a name. */
import { useId, useState, type SubmitEvent, type ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { readName, type ShelfStore } from "./shelf-store";

export function SaveAsField(props: { readonly shelf: ShelfStore; readonly busy: boolean }): ReactElement {
  const { shelf, busy } = props;
  const { t } = useSpeech();
  const { dialog } = t.sessions;
  const [text, setText] = useState("");
  const id = useId();
  const name = readName(text);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (name !== undefined && (await shelf.saveAs(name))) setText("");
  };
  return (
    <form className="field" onSubmit={(event) => void submit(event)}>
      <label htmlFor={id} className="field__legend">
        {dialog.saveAs}
      </label>
      <div className="name-form">
        <input
          id={id}
          className="text-input"
          value={text}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button" disabled={busy || name === undefined}>
          {dialog.saveAsButton}
        </button>
      </div>
      <span id={`${id}-hint`} className="quiet">
        {dialog.saveAsHint}
      </span>
    </form>
  );
}
