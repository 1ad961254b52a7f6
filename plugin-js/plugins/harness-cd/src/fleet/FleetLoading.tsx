import { Flex, Skeleton } from '@backstage/ui';

const ROWS = 8;

/** Rows that are not there yet. */
export function FleetLoading() {
  return (
    <Flex direction="column" gap="3" aria-busy="true">
      {Array.from({ length: ROWS }, (_, row) => (
        <Skeleton key={row} width="100%" height="3rem" />
      ))}
    </Flex>
  );
}
