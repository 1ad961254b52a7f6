import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';

/** Says that the portal gave no answer about a start. To try again is safe: it is the same start. */
export function UnansweredAlert({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Alert
      icon
      role="alert"
      status="warning"
      title={t('start.unanswered')}
      description={t('start.unansweredHint')}
      customActions={
        <Button size="small" variant="secondary" onPress={onRetry}>
          {t('state.retry')}
        </Button>
      }
    />
  );
}
