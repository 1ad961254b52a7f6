import { card, expect, fillDialog, open, test } from '../src/test.js';

test.use({ prodWindow: 'closed' });

test('production outside its window is refused, with the time it opens', async ({ portal, page }) => {
  await open(page, portal, '/catalog/default/component/payment-service');
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  await fillDialog(page, { tag: 'v2.3.1', environment: /^prod/, region: 'euw1' });
  const dialog = page.getByRole('dialog');

  // Said once; what is for the record is asked for when it can be sent.
  await expect(dialog.getByText(/change window/)).toHaveText(['The change window of prod is closed']);
  await expect(dialog.getByRole('textbox', { name: /Change ticket/ })).toHaveCount(0);
  await expect(dialog.getByText(/^opens \w{3}.* \d\d:\d\d \(in \d+ days?\)$/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Deploy v2.3.1 to prod/euw1' })).toBeDisabled();
  await page.screenshot({ path: test.info().outputPath('closed.png') });
});

test('the backend refuses it as well, whatever a browser says', async ({ portal, request }) => {
  const session = await request.post(`${portal.url}/api/auth/guest/refresh`).then(answer => answer.json());
  const answer = await request.post(
    `${portal.url}/api/harness-cd/v1/entities/component/default/payment-service/deployments`,
    {
      headers: {
        authorization: `Bearer ${session.backstageIdentity.token}`,
        'idempotency-key': 'whatever-a-browser-says',
      },
      data: {
        service: 'payment-service',
        imageTag: 'v2.3.1',
        environment: 'prod',
        region: 'euw1',
        changeTicket: 'CHG-1234',
        rollbackPlan: 'Deploy the tag before it.',
      },
    },
  );
  expect(answer.status()).toBe(400);
  const { kind, violations } = await answer.json();
  expect(kind).toBe('rejected');
  expect(violations).toEqual([
    expect.objectContaining({ code: 'CHANGE_WINDOW_CLOSED', allowedFrom: expect.any(Number) }),
  ]);
  expect(violations[0].allowedFrom).toBeGreaterThan(Date.now());
});
