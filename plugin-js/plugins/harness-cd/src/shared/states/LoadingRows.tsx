import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Skeleton, VisuallyHidden } from '@backstage/ui';
import layout from '../layout.module.css';
import { harnessCdTranslationRef } from '../../translation';

/** As many rows as the list will have, each as high as a row of it: nothing moves when the list arrives. */
export function LoadingRows({ rows = 8 }: { rows?: number }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <div aria-busy="true">
      <VisuallyHidden role="status">{t('state.loading')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <div className={layout.row} key={row}>
          <Skeleton width="7rem" height="1.25rem" />
          <Skeleton width="60%" height="1.25rem" />
          <Skeleton width="5rem" height="1.25rem" />
        </div>
      ))}
    </div>
  );
}
