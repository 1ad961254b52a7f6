import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex } from '@backstage/ui';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import { EXAMPLE_ANNOTATION } from '../../shared/annotations';
import { harnessCdTranslationRef } from '../../translation';
import styles from '../history.module.css';

function CopyButton({ text }: { text: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const [isCopied, setIsCopied] = useState(false);
  return (
    <Button
      variant="secondary"
      iconStart={isCopied ? <RiCheckLine aria-hidden /> : <RiFileCopyLine aria-hidden />}
      onPress={() => navigator.clipboard.writeText(text).then(() => setIsCopied(true))}
    >
      {isCopied ? t('state.copied') : t('state.copy')}
    </Button>
  );
}

/** The annotation that names a pipeline, ready to copy: one of some account, or the one that is meant. */
export function ExampleAnnotation({ text = EXAMPLE_ANNOTATION }: { text?: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Flex direction="column" gap="3">
      {/* A block that scrolls sideways has to be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles.code} tabIndex={0} aria-label={t('state.notAnnotatedHint')}>
        {text}
      </pre>
      <div>
        <CopyButton text={text} />
      </div>
    </Flex>
  );
}
