import type { ReactNode } from 'react';
import { Link } from '@backstage/ui';
import { RiExternalLinkLine } from '@remixicon/react';

/** The way out of the portal, to Harness or the host of a repository, in a page of its own. */
export function OutLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  return (
    <Link href={href} target="_blank" rel="noopener">
      {children} <RiExternalLinkLine aria-hidden size="1em" />
    </Link>
  );
}
