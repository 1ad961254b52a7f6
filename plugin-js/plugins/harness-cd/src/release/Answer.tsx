import { type ReactNode, useId } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { Flex, Skeleton, Text } from '@backstage/ui';
import type { Freshness } from 'backstage-plugin-harness-cd-common';
import { FreshnessNote } from '../shared/FreshnessNote';
import shared from '../shared/shared.module.css';
import { FailureAlert } from '../shared/states/FailureAlert';
import styles from './release.module.css';

/** Whether an answer is not all that there is now; of when the page is, it says elsewhere. */
function isOld({ asOf, failure, knownFrom }: Freshness): boolean {
  return [asOf, failure, knownFrom].some(known => known !== undefined);
}

/** An answer of the record under its title: its rows, why there are none, and of when it is where that is not now. */
export function Answer<T extends Freshness, Row>(props: {
  title: string;
  query: UseQueryResult<T>;
  /** What is said where the answer is not there. */
  failure: string;
  /** What is said where it has no rows. */
  none: string;
  rowsOf: (answer: T) => Row[];
  keyOf: (row: Row) => string;
  /** What is said of it as a whole. */
  aside?: (answer: T) => ReactNode;
  children: (row: Row) => ReactNode;
}) {
  const { title, query, failure, none, rowsOf, keyOf, aside, children } = props;
  const titleId = useId();
  const { data, error, refetch, dataUpdatedAt } = query;
  const rows = data && rowsOf(data);
  return (
    <Flex direction="column" gap="2">
      <Text as="h4" variant="body-medium" weight="bold" id={titleId}>
        {title}
      </Text>
      {data && aside?.(data)}
      {!data && error && <FailureAlert title={failure} failure={error} onRetry={refetch} />}
      {!data && !error && <Skeleton width="100%" height="4rem" />}
      {rows?.length === 0 && <Text as="p">{none}</Text>}
      {rows && rows.length > 0 && (
        <ul className={shared.plainList} aria-labelledby={titleId}>
          {rows.map(row => (
            <li key={keyOf(row)} className={styles.row}>
              {children(row)}
            </li>
          ))}
        </ul>
      )}
      {data && isOld(data) && <FreshnessNote {...data} readAt={dataUpdatedAt} />}
    </Flex>
  );
}
