import { parentPort, workerData } from 'node:worker_threads';
import { CrewMember, type CrewMemberData, type CrewNews } from './crew-member.ts';

/** The main file of each thread of a crew. */
const tell = (what: CrewNews) => parentPort?.postMessage(what);
new CrewMember(workerData as CrewMemberData).work(tell);
