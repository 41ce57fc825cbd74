/** What the learner writes: the lesson's variables, and answers to its questions. */
import { useId, useState, type SubmitEvent, type ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { useCourse } from "./CourseContext";
import { localise } from "../format/model";
import type { Ask, Variable } from "../format/schema";

export function Variables({ variables }: { readonly variables: readonly Variable[] }): ReactElement | null {
  const { t } = useSpeech();
  if (variables.length === 0) return null;
  return (
    <fieldset className="lesson-fields">
      <legend>{t.course.variables}</legend>
      {variables.map((variable) => (
        <VariableField key={variable.id} variable={variable} />
      ))}
    </fieldset>
  );
}

function VariableField({ variable }: { readonly variable: Variable }): ReactElement {
  const { t, language } = useSpeech();
  const { store, course } = useCourse();
  const id = useId();
  const [text, setText] = useState(course.values[variable.id] ?? variable.default);
  const [bad, setBad] = useState(false);
  return (
    <div className="lesson-field">
      <label htmlFor={id}>{localise(variable.label, language)}</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={text}
        aria-invalid={bad}
        aria-describedby={bad ? `${id}-bad` : undefined}
        onChange={({ target }) => {
          setText(target.value);
          setBad(!store.setValue(variable.id, target.value));
        }}
      />
      {bad ? (
        <span id={`${id}-bad`} className="lesson-field__bad" role="alert">
          {t.course.variableBad}
        </span>
      ) : null}
    </div>
  );
}

export function Questions({ asks }: { readonly asks: readonly Ask[] }): ReactElement | null {
  const { t } = useSpeech();
  if (asks.length === 0) return null;
  return (
    <fieldset className="lesson-fields">
      <legend>{t.course.questions}</legend>
      {asks.map((ask) => (
        <Question key={ask.id} ask={ask} />
      ))}
    </fieldset>
  );
}

function Question({ ask }: { readonly ask: Ask }): ReactElement {
  const { t, language } = useSpeech();
  const { store, course } = useCourse();
  const id = useId();
  const [text, setText] = useState(course.answers[ask.id] ?? "");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    store.answer(ask.id, text);
  };
  return (
    <form className="lesson-field" onSubmit={submit}>
      <label htmlFor={id}>{localise(ask.label, language)}</label>
      <span className="lesson-field__row">
        <input
          id={id}
          type="text"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <button type="submit" className="button">
          {t.course.submit}
        </button>
      </span>
    </form>
  );
}
