import {
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiHourglassLine,
  RiLoader4Line,
  RiPauseCircleFill,
  RiPauseCircleLine,
  RiSkipForwardLine,
  RiSnowflakeLine,
  RiStopCircleFill,
  RiStopCircleLine,
  RiThumbDownFill,
  RiTimeLine,
  RiTimerFlashLine,
  type RemixiconComponentType,
} from '@remixicon/react';
import { Text } from '@backstage/ui';
import type { StatusPhase } from 'backstage-plugin-harness-cd-common';
import { useStatusWord } from './useStatusWord';
import styles from './status.module.css';

interface Look {
  Icon: RemixiconComponentType;
  colour: string;
}

const LOOKS: Record<StatusPhase, Look> = {
  queued: { Icon: RiTimeLine, colour: styles.quiet },
  active: { Icon: RiLoader4Line, colour: `${styles.active} ${styles.spinning}` },
  waiting: { Icon: RiHourglassLine, colour: styles.waiting },
  held: { Icon: RiPauseCircleLine, colour: styles.waiting },
  stopping: { Icon: RiStopCircleLine, colour: styles.waiting },
  succeeded: { Icon: RiCheckboxCircleFill, colour: styles.succeeded },
  skipped: { Icon: RiSkipForwardLine, colour: styles.quiet },
  failed: { Icon: RiCloseCircleFill, colour: styles.failed },
};

/** What ended without having failed looks like itself, and not like a failure. */
const LOOKS_OF_STATUS: Record<string, Look> = {
  Aborted: { Icon: RiStopCircleFill, colour: styles.quiet },
  AbortedByFreeze: { Icon: RiSnowflakeLine, colour: styles.quiet },
  ApprovalRejected: { Icon: RiThumbDownFill, colour: styles.failed },
  Expired: { Icon: RiTimerFlashLine, colour: styles.failed },
  Suspended: { Icon: RiPauseCircleFill, colour: styles.quiet },
};

/**
 * A status as icon, word and colour: none of the three has to be seen alone.
 *
 * @public
 */
export function StatusLabel({ status, phase }: { status: string; phase: StatusPhase }) {
  const wordOf = useStatusWord();
  const { Icon, colour } = LOOKS_OF_STATUS[status] ?? LOOKS[phase];
  return (
    <span className={styles.status}>
      <Icon aria-hidden className={`${styles.icon} ${colour}`} />
      <Text as="span" variant="body-medium">
        {wordOf(status)}
      </Text>
    </span>
  );
}
