import type { ReactNode } from 'react';
import { Link } from '@backstage/ui';
import { RiExternalLinkLine } from '@remixicon/react';

/** The way to Harness's own user interface, in a page of its own. */
export function HarnessLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  return (
    <Link href={href} target="_blank" rel="noopener">
      {children} <RiExternalLinkLine aria-hidden size="1em" />
    </Link>
  );
}
