import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { VisuallyHidden } from '@backstage/ui';
import { isTerminal, type Deployment } from 'backstage-plugin-harness-cd-common';
import { deploymentWords } from '../shared/deployment';
import { AnnounceContext } from '../execution/announce';
import { useStatusWord } from '../shared/status/useStatusWord';
import { harnessCdTranslationRef } from '../translation';

/** Announces which deployments have ended since the last look. */
function useAnnouncedEnds(deployments: Deployment[], announce: (words: string) => void): void {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordOf = useStatusWord();
  const running = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const ended = deployments.filter(({ id, phase }) => running.current.has(id) && isTerminal(phase));
    running.current = new Set(deployments.filter(({ phase }) => !isTerminal(phase)).map(({ id }) => id));
    if (ended.length === 0) return;
    const words = ended.map(deployment =>
      t('progress.announcementOfEnd', { ...deploymentWords(deployment), status: wordOf(deployment.status) }),
    );
    announce(words.join('. '));
  });
}

/** One live region for a list of deployments: it names the run that changed, and how. */
export function Announcer({ deployments, children }: { deployments: Deployment[]; children: ReactNode }) {
  const [words, announce] = useState('');
  useAnnouncedEnds(deployments, announce);
  return (
    <AnnounceContext.Provider value={announce}>
      <VisuallyHidden role="status" aria-live="polite">
        {words}
      </VisuallyHidden>
      {children}
    </AnnounceContext.Provider>
  );
}
