import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Flex } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';

/** The address names a pipeline that the entity does not have: which there are. */
export function UnknownPipeline(props: { label: string; labels: string[]; onChoose: (label: string) => void }) {
  const { label, labels, onChoose } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Alert
      icon
      status="warning"
      title={t('pipeline.unknown', { label })}
      description={
        <Flex direction="column" gap="2">
          <div>{t('pipeline.known')}</div>
          <Flex gap="2">
            {labels.map(known => (
              <Button key={known} size="small" variant="secondary" onPress={() => onChoose(known)}>
                {known}
              </Button>
            ))}
          </Flex>
        </Flex>
      }
    />
  );
}
