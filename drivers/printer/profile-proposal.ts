import type { ProbeAnswers } from './printer-probe.ts';
import { shippedProfileFile } from './profile-files.ts';

export interface Proposal {
  /** The content of a profile's file; undefined where nothing can be said before the printer is put right. */
  readonly profile: Readonly<Record<string, unknown>> | undefined;
  /** What a person has to know of it, or find out with his own eyes, a sentence each. */
  readonly notes: readonly string[];
}

const byEye = [
  'Its width of paper, speed, knife, drawer and tear bar need eyes: see docs/printers.md, and probe with --print.',
  'Whether its fence waits for the paper is proven only by tearing the roll within a long slip (docs/printers.md).',
];

const notReady = {
  linkLost: 'has lost its cable',
  unrecoverable: 'says that it is broken',
  cutter: 'says that its knife is jammed',
  coverOpen: 'says that its cover is open',
  paperEnd: 'says that it has no paper',
  overheat: 'says that its head is too hot',
  offline: 'says that it is offline',
  silence: 'fell silent',
} as const;

/** The profile that fits what a printer answered, and what that doesn't tell. */
export const proposeProfile = (answers: ProbeAnswers, baudRate: number | undefined): Proposal => {
  const { readiness, realTime, automaticStatus, noise, ruler, moduleStatus } = answers;
  const notes: string[] = [];
  if (noise > 0) notes.push(`${noise} bytes came that were no answer: check its speed and cable.`);
  if (readiness?.ready === false) {
    notes.push(
      `The printer ${notReady[readiness.cause]}, and answers only a part then: put it right, and probe again.`,
    );
    return { profile: undefined, notes };
  }
  const answered = answers.processId ? 'processId' : answers.paperStatus ? 'paperStatus' : 'none';
  const isEarly = ruler?.fenceMs !== undefined && ruler.fenceMs < ruler.soonestMs;
  const canTell = realTime || moduleStatus !== undefined;
  const fence = canTell && !isEarly ? answered : 'none';
  if (isEarly) notes.push('Its answer came before the paper can have moved that far: it has no fence.');
  const base = fence === 'none' ? 'mute' : !realTime ? 'cheap58' : answers.processId ? 'epson' : 'clone';
  if (base === 'mute') {
    notes.push(
      answered === 'none' && !canTell
        ? 'It answers nothing: check that it is on, its speed, and that its sending line is wired.'
        : 'It answers, but not what proves that a slip is out.',
      'Its slips are never verified: such a profile is refused unless policy.acceptUnverified is set.',
    );
  }
  if (base === 'cheap58') {
    const bits = (moduleStatus ?? 0).toString(16).padStart(2, '0').toUpperCase();
    notes.push(`It answered ESC v with ${bits}: put the bits of its own manual into status.`);
  }
  const cancel =
    base === 'epson' || base === 'clone' ? { cancel: answers.clearBuffers ? 'clearBuffers' : 'recover' } : {};
  const profile = {
    ...shippedProfileFile(base),
    for: `a printer that was probed; begun with ${base}`,
    ...(baudRate !== undefined && { baudRate }),
    ...(base === 'epson' || base === 'clone' ? { automaticStatus, fence } : {}),
    ...cancel,
  };
  return { profile, notes: [...notes, ...byEye] };
};
