import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonIcon, Flex, Link, Tooltip, TooltipTrigger } from '@backstage/ui';
import { RiExternalLinkLine, RiListCheck2 } from '@remixicon/react';
import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { deploymentWords } from '../shared/deployment';
import { harnessCdTranslationRef } from '../translation';

/** What can be done with a row: look at its details, here or in Harness. */
export function RowActions(props: { deployment: Deployment; onShowDetails: (executionId: string) => void }) {
  const { deployment, onShowDetails } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const words = deploymentWords(deployment);
  return (
    <Flex gap="2" align="center">
      <TooltipTrigger>
        <ButtonIcon
          size="small"
          variant="tertiary"
          icon={<RiListCheck2 aria-hidden />}
          aria-label={t('tab.showDetails', words)}
          onPress={() => onShowDetails(deployment.executionId)}
        />
        <Tooltip>{t('progress.stages')}</Tooltip>
      </TooltipTrigger>
      {deployment.links && (
        <TooltipTrigger>
          <Link
            href={deployment.links.execution}
            target="_blank"
            rel="noopener"
            aria-label={t('link.harnessRun', words)}
          >
            <RiExternalLinkLine aria-hidden size="1.25em" />
          </Link>
          <Tooltip>{t('link.harness')}</Tooltip>
        </TooltipTrigger>
      )}
    </Flex>
  );
}
