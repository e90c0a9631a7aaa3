import { parentPort, workerData } from 'node:worker_threads';
import { CrewMember, type CrewMemberData } from './crew-member.ts';

/** The main file of each thread of a crew; it tells the crew of every batch that is over. */
new CrewMember(workerData as CrewMemberData).work(() => parentPort?.postMessage('done'));
