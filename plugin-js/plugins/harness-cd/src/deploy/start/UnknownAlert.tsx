import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Flex } from '@backstage/ui';
import { OutLink } from '../../shared/OutLink';
import { harnessCdTranslationRef } from '../../translation';

function StartAnyway({ onStart }: { onStart: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const [isAsked, setIsAsked] = useState(false);
  if (!isAsked) {
    return (
      <Button size="small" variant="secondary" onPress={() => setIsAsked(true)}>
        {t('start.anyway')}
      </Button>
    );
  }
  return (
    <Flex direction="column" gap="2" role="group" aria-label={t('start.anyway')}>
      <span>{t('start.secondRun')}</span>
      <Flex gap="2">
        {/* Where the first click was, the second one changes nothing. */}
        <Button size="small" variant="secondary" onPress={() => setIsAsked(false)}>
          {t('start.cancel')}
        </Button>
        <Button size="small" variant="primary" destructive onPress={onStart}>
          {t('start.confirm')}
        </Button>
      </Flex>
    </Flex>
  );
}

/**
 * Says that it is not known whether Harness started anything, and where to look, before it is started once more; to
 * start something else, the form is not far.
 */
export function UnknownAlert({ url, onStart, onAnother }: { url: string; onStart: () => void; onAnother: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Alert
      icon
      role="alert"
      status="warning"
      title={t('deploy.outcomeUnknown')}
      description={
        <Flex direction="column" gap="3" align="start">
          <span>{t('deploy.outcomeUnknownHint')}</span>
          <OutLink href={url}>{t('start.executions')}</OutLink>
          <StartAnyway onStart={onStart} />
          <Button size="small" variant="tertiary" onPress={onAnother}>
            {t('start.somethingElse')}
          </Button>
        </Flex>
      }
    />
  );
}
