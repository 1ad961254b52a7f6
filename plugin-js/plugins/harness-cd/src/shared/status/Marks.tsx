import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiArrowGoBackLine,
  RiHistoryLine,
  RiIndeterminateCircleLine,
  RiLoopRightLine,
  RiRepeatLine,
  type RemixiconComponentType,
} from '@remixicon/react';
import { isTerminal, type Deployment } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import { SecondaryText } from '../SecondaryText';
import styles from './status.module.css';

type MarkName = 'undone' | 'rollback' | 'retry' | 'rerun' | 'deployedNothing';

const ICONS: Record<MarkName, RemixiconComponentType> = {
  undone: RiArrowGoBackLine,
  rollback: RiHistoryLine,
  retry: RiLoopRightLine,
  rerun: RiRepeatLine,
  deployedNothing: RiIndeterminateCircleLine,
};

function marksOf({ isUndone, isRollback, isRetry, rerunOf, wholeRun, stage, phase }: Deployment): MarkName[] {
  const holds: Record<MarkName, boolean> = {
    undone: isUndone === true,
    rollback: isRollback,
    retry: isRetry === true,
    rerun: rerunOf !== undefined,
    // Its row stands for the run alone.
    deployedNothing: wholeRun === true && stage === '' && isTerminal(phase),
  };
  return (Object.keys(holds) as MarkName[]).filter(name => holds[name]);
}

/** What has to be known of a deployment besides its status: that it was undone, goes back, is another attempt, or never began. */
export function Marks({ deployment }: { deployment: Deployment }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <>
      {marksOf(deployment).map(name => {
        const Icon = ICONS[name];
        return (
          <SecondaryText as="span" variant="body-small" key={name}>
            <span className={styles.status}>
              <Icon aria-hidden className={styles.icon} /> {t(`mark.${name}`)}
            </span>
          </SecondaryText>
        );
      })}
    </>
  );
}
