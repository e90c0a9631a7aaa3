import { BACKEND_BUGS } from './bugs/backend.ts';
import { DRIVING_BUGS } from './bugs/driving.ts';
import { LEADING_BUGS } from './bugs/leading.ts';
import { RECORD_BUGS } from './bugs/record.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Mistakes that the swarm must find: `npm run swarm -- --planted`. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...LEADING_BUGS,
  ...RECORD_BUGS,
  ...DRIVING_BUGS,
  ...BACKEND_BUGS,
];
