/** The running machine as a session of its own, under a name. */
import { useState, type SubmitEvent, type ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Input";
import { readName, type ShelfStore } from "./shelf-store";

export function SaveAsField(props: { readonly shelf: ShelfStore; readonly busy: boolean }): ReactElement {
  const { shelf, busy } = props;
  const { t } = useSpeech();
  const { dialog } = t.sessions;
  const [text, setText] = useState("");
  const name = readName(text);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (name !== undefined && (await shelf.saveAs(name))) setText("");
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <TextField
        label={dialog.saveAs}
        hint={dialog.saveAsHint}
        value={text}
        onChange={({ target }) => setText(target.value)}
        action={
          <Button type="submit" disabled={busy || name === undefined}>
            {dialog.saveAsButton}
          </Button>
        }
      />
    </form>
  );
}
