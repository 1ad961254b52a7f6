import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex, Text } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';

/** Shown where the filters leave nothing over. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Flex direction="column" gap="3">
      <Text as="p">{t('filter.noMatch')}</Text>
      <div>
        <Button variant="secondary" onPress={onClear}>
          {t('filter.clear')}
        </Button>
      </div>
    </Flex>
  );
}
