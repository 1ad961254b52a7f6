import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';

/** Asks once more for what could not be had. */
export function RetryButton({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Button size="small" variant="secondary" onPress={onRetry}>
      {t('state.retry')}
    </Button>
  );
}
