/** What the learner writes: the lesson's variables, and answers to its questions. */
import { useState, type SubmitEvent, type ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { TextField } from "../../ui/Input";
import { useCourse } from "./CourseContext";
import { localise } from "../format/model";
import type { Ask, Variable } from "../format/schema";
import styles from "./Fields.module.css";

export function Variables({ variables }: { readonly variables: readonly Variable[] }): ReactElement | null {
  const { t } = useSpeech();
  if (variables.length === 0) return null;
  return (
    <Card as="fieldset" className={styles.fields}>
      <legend>{t.course.variables}</legend>
      {variables.map((variable) => (
        <VariableField key={variable.id} variable={variable} />
      ))}
    </Card>
  );
}

function VariableField({ variable }: { readonly variable: Variable }): ReactElement {
  const { t, language } = useSpeech();
  const { store, course } = useCourse();
  const [text, setText] = useState(course.values[variable.id] ?? variable.default);
  const [bad, setBad] = useState(false);
  return (
    <TextField
      label={localise(variable.label, language)}
      error={bad ? t.course.variableBad : undefined}
      mono
      value={text}
      onChange={({ target }) => {
        setText(target.value);
        setBad(!store.setValue(variable.id, target.value));
      }}
    />
  );
}

export function Questions({ asks }: { readonly asks: readonly Ask[] }): ReactElement | null {
  const { t } = useSpeech();
  if (asks.length === 0) return null;
  return (
    <Card as="fieldset" className={styles.fields}>
      <legend>{t.course.questions}</legend>
      {asks.map((ask) => (
        <Question key={ask.id} ask={ask} />
      ))}
    </Card>
  );
}

function Question({ ask }: { readonly ask: Ask }): ReactElement {
  const { t, language } = useSpeech();
  const { store, course } = useCourse();
  const [text, setText] = useState(course.answers[ask.id] ?? "");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    store.answer(ask.id, text);
  };
  return (
    <form onSubmit={submit}>
      <TextField
        label={localise(ask.label, language)}
        action={<Button type="submit">{t.course.submit}</Button>}
        mono
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
    </form>
  );
}
