import type { DeployRequest } from 'backstage-plugin-harness-cd-common';

/** The notes of an execution: who started it and why. */
export function deployNotes(request: DeployRequest, startedBy: string): string {
  const details = [
    ['Change ticket', request.changeTicket],
    ['Rollback plan', request.rollbackPlan],
    ['Business justification', request.businessJustification],
  ].flatMap(([label, text]) => (text ? [`${label}: ${text.replace(/\.+$/, '')}.`] : []));
  return [`Started from Backstage by ${startedBy}.`, ...details].join(' ');
}
