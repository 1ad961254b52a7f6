import type { ReactNode } from 'react';
import { Flex, Text } from '@backstage/ui';
import styles from './fields.module.css';

/** Fields that belong together, under a title. */
export function FieldGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <Text as="legend" weight="bold" className={styles.legend}>
        {title}
      </Text>
      <Flex direction="column" gap="3">
        {children}
      </Flex>
    </fieldset>
  );
}
