import { createApp } from '@backstage/frontend-defaults';
import { catalogModule } from './catalog';

// Plugins are found by their dependency alone: `app.packages: all` in app-config.yaml.
export const app = createApp({ features: [catalogModule] });
