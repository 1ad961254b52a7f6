import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex } from '@backstage/ui';
import { type DeploymentFilter, MAX_STORIES, type Story } from 'backstage-plugin-harness-cd-common';
import { FailureAlert } from '../shared/states/FailureAlert';
import { useHarnessCd } from '../shared/useHarnessCd';
import { harnessCdTranslationRef } from '../translation';
import { csvOf } from './csv';

type Format = 'csv' | 'json';

const WRITERS: Record<Format, { type: string; write: (stories: Story[]) => string }> = {
  csv: { type: 'text/csv', write: csvOf },
  json: { type: 'application/json', write: stories => JSON.stringify(stories, null, 2) },
};

/** Hands a text to the browser, as a file. */
function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** Saves every story that a filter leaves over, also those that the page does not show yet. */
export function Export({ filter = {} }: { filter?: DeploymentFilter }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { api, entityName } = useHarnessCd();
  const [format, setFormat] = useState<Format>();
  const [failure, setFailure] = useState<unknown>();

  const readAll = async () => {
    const stories: Story[] = [];
    let after: string | undefined;
    do {
      const { timeline } = await api.getTimeline(entityName, { ...filter, after, limit: MAX_STORIES });
      stories.push(...timeline.stories);
      after = timeline.next;
    } while (after !== undefined);
    return stories;
  };
  const exportAs = async (wanted: Format) => {
    setFormat(wanted);
    setFailure(undefined);
    try {
      const { type, write } = WRITERS[wanted];
      save(`${entityName.name}-deployments.${wanted}`, type, write(await readAll()));
    } catch (error) {
      setFailure(error);
    } finally {
      setFormat(undefined);
    }
  };
  return (
    <Flex direction="column" gap="2">
      <Flex gap="2">
        {(['csv', 'json'] as const).map(name => (
          <Button
            key={name}
            size="small"
            variant="secondary"
            isDisabled={format !== undefined}
            onPress={() => exportAs(name)}
          >
            {t('timeline.export', { format: name.toUpperCase() })}
          </Button>
        ))}
      </Flex>
      {failure !== undefined && (
        <FailureAlert title={t('timeline.failure')} failure={failure} onRetry={() => setFailure(undefined)} />
      )}
    </Flex>
  );
}
