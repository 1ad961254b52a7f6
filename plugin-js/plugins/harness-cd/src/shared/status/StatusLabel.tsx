import {
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiHourglassLine,
  RiLoader4Line,
  RiPauseCircleLine,
  RiSkipForwardLine,
  RiStopCircleLine,
  RiTimeLine,
  type RemixiconComponentType,
} from '@remixicon/react';
import { Text } from '@backstage/ui';
import type { StatusPhase } from 'backstage-plugin-harness-cd-common';
import { useStatusWord } from './useStatusWord';
import styles from './status.module.css';

const LOOKS: Record<StatusPhase, { Icon: RemixiconComponentType; colour: string }> = {
  queued: { Icon: RiTimeLine, colour: styles.quiet },
  active: { Icon: RiLoader4Line, colour: `${styles.active} ${styles.spinning}` },
  waiting: { Icon: RiHourglassLine, colour: styles.waiting },
  held: { Icon: RiPauseCircleLine, colour: styles.waiting },
  stopping: { Icon: RiStopCircleLine, colour: styles.waiting },
  succeeded: { Icon: RiCheckboxCircleFill, colour: styles.succeeded },
  skipped: { Icon: RiSkipForwardLine, colour: styles.quiet },
  failed: { Icon: RiCloseCircleFill, colour: styles.failed },
};

/**
 * A status as icon, word and colour: none of the three has to be seen alone.
 *
 * @public
 */
export function StatusLabel({ status, phase }: { status: string; phase: StatusPhase }) {
  const wordOf = useStatusWord();
  const { Icon, colour } = LOOKS[phase];
  return (
    <span className={styles.status}>
      <Icon aria-hidden className={`${styles.icon} ${colour}`} />
      <Text as="span" variant="body-medium">
        {wordOf(status)}
      </Text>
    </span>
  );
}
