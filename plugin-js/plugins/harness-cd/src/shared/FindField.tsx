import { useEffect, useRef, useState } from 'react';
import { SearchField } from '@backstage/ui';
import styles from './FindField.module.css';

/** So long after the last letter it is looked for, ms. */
const PAUSE_MS = 300;
/** As long as the backend takes. */
const MAX_LENGTH = 200;

/** A field for what is looked for; what is typed is told when there is a pause. */
export function FindField(props: {
  label: string;
  example: string;
  text: string | null;
  /** One step back takes the search away, not its last letter: what changes a search replaces the step. */
  onFind: (text: string | null, options: { replace: boolean }) => void;
}) {
  const { label, example, text, onFind } = props;
  const [typed, setTyped] = useState(text ?? '');
  const told = useRef(text);
  const find = useRef(onFind);
  useEffect(() => {
    find.current = onFind;
  });
  useEffect(() => {
    // Something else has changed it, such as the Back of the browser.
    if (told.current !== text) setTyped(text ?? '');
    told.current = text;
  }, [text]);
  useEffect(() => {
    const wanted = typed.trim() || null;
    if (wanted === told.current) return undefined;
    const timer = setTimeout(() => {
      const replace = told.current !== null && wanted !== null;
      told.current = wanted;
      find.current(wanted, { replace });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <SearchField
      className={styles.find}
      label={label}
      placeholder={example}
      maxLength={MAX_LENGTH}
      value={typed}
      onChange={setTyped}
    />
  );
}
