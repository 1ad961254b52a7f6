import { useEffect, useRef, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { SearchField } from '@backstage/ui';
import { harnessCdTranslationRef } from '../translation';
import styles from './history.module.css';

/** So long after the last letter it is looked for, ms. */
const PAUSE_MS = 300;
/** As long as the backend takes. */
const MAX_LENGTH = 200;

/** A field for words that a row has; what is typed is told when there is a pause. */
export function FindField({ text, onFind }: { text: string | null; onFind: (text: string | null) => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
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
      told.current = wanted;
      find.current(wanted);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <SearchField
      className={styles.find}
      label={t('filter.text')}
      placeholder={t('filter.textExample')}
      maxLength={MAX_LENGTH}
      value={typed}
      onChange={setTyped}
    />
  );
}
