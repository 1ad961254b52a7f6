import type { ReactNode } from 'react';
import { Text, type TextProps } from '@backstage/ui';
import styles from './shared.module.css';

/** Text that is quieter than what stands around it. */
export function SecondaryText(props: {
  as: 'p' | 'span';
  variant?: TextProps['variant'];
  id?: string;
  children: ReactNode;
}) {
  return <Text {...props} className={styles.secondary} />;
}
