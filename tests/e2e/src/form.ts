import { expect, type Locator, type Page } from '@playwright/test';

/** What a person does in the deploy dialog, each by the label of a field. */
export class Form {
  constructor(
    private readonly page: Page,
    private readonly dialog: Locator,
  ) {}

  async type(label: string | RegExp, text: string): Promise<void> {
    const field = this.dialog
      .getByRole('textbox', { name: label })
      .or(this.dialog.getByRole('combobox', { name: label }));
    await field.fill(text);
    // An open list of what was found hides the rest of the dialog.
    await field.press('Tab');
  }

  /** Chooses one option, or several. */
  async choose(label: string | RegExp, ...options: (string | RegExp)[]): Promise<void> {
    await this.within(label, async () => {
      for (const name of options) await this.page.getByRole('option', { name, exact: true }).click();
    });
  }

  /** Types what is not among the options, and takes it. */
  async chooseTyped(label: string | RegExp, text: string): Promise<void> {
    await this.within(label, async takesSeveral => {
      await this.page.getByRole('searchbox').fill(text);
      await this.page.getByRole('option', { name: text }).click();
      // Escape would empty it, and leave the list open.
      if (takesSeveral) await this.page.getByRole('searchbox').fill('');
    });
  }

  /** A list of which one is chosen closes by itself; of several, whoever chooses closes it. */
  private async within(label: string | RegExp, choose: (takesSeveral: boolean) => Promise<void>): Promise<void> {
    await this.dialog.getByRole('button', { name: label }).click();
    const list = this.page.getByRole('listbox');
    const takesSeveral = (await list.getAttribute('aria-multiselectable')) === 'true';
    await choose(takesSeveral);
    if (takesSeveral) await this.page.keyboard.press('Escape');
    await expect(list).toHaveCount(0);
  }

  async run(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Run the pipeline' }).click();
  }
}
