import './shell/base.css';
import { render } from 'preact';
import { followRates } from './charts/state/rate-history.ts';
import { App } from './shell/app.tsx';
import { followKeys } from './shell/keyboard.ts';
import { colony, followColony } from './state/colony.ts';
import { followEvents } from './state/events.ts';
import { followTheme } from './state/theme.ts';
import { followUrl } from './state/url-state.ts';

followTheme();
followUrl();
followKeys();
followColony();
followEvents();
followRates(colony);
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
