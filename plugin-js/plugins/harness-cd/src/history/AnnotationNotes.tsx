import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import shared from '../shared/shared.module.css';
import { usePipelines } from '../shared/usePipelines';
import { harnessCdTranslationRef } from '../translation';

/** What of the entity's annotations cannot be used, beside the pipelines that can. */
export function AnnotationNotes() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { pipelines = [], problems = [], failures = [] } = usePipelines().data ?? {};
  const notes = [...problems, ...failures.map(({ message, hint }) => `${message} ${hint}`)];
  if (pipelines.length === 0 || notes.length === 0) return null;
  return (
    <Alert
      icon
      status="warning"
      title={t('pipeline.notAll')}
      description={
        <ul className={shared.plainList}>
          {notes.map(note => (
            <li key={note} className={shared.failureText}>
              {note}
            </li>
          ))}
        </ul>
      }
    />
  );
}
