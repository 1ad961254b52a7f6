import { appLanguageApiRef, useApi } from '@backstage/frontend-plugin-api';

/**
 * The locale for times and numbers: the browser's own variant of the app's language (`en-GB` for `en`), so that times
 * read as the reader writes them and in the language of the page.
 */
export function useLocale(): string {
  const { language } = useApi(appLanguageApiRef).getLanguage();
  return navigator.languages?.find(candidate => candidate.split('-')[0] === language) ?? language;
}
