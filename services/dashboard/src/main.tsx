import './shell/base.css';
import { render } from 'preact';
import { App } from './shell/app.tsx';
import { followKeys } from './shell/keyboard.ts';
import { followColony } from './state/colony.ts';
import { followEvents } from './state/events.ts';
import { followTheme } from './state/theme.ts';
import { followUrl } from './state/url-state.ts';

followTheme();
followUrl();
followKeys();
followColony();
followEvents();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
