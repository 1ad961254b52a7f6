import { deployNotes } from './deployNotes';

const request = { service: 'payment-service', imageTag: 'v2.3.1', environment: 'prod', region: 'euw1' };

it('says who, and why where that is known', () => {
  expect(deployNotes(request, 'user:default/ana')).toBe('Started from Backstage by user:default/ana.');
  expect(deployNotes({ ...request, changeTicket: 'CHG-7', rollbackPlan: 'Deploy v2.3.0.' }, 'user:default/ana')).toBe(
    'Started from Backstage by user:default/ana. Change ticket: CHG-7. Rollback plan: Deploy v2.3.0.',
  );
});
