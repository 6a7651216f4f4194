/** `terminalctl replay`: a dispute, looked at as it happened. */
import { join } from 'node:path';
import { errorCode } from '../../drivers/storage/file-system.ts';
import { nodeFileSystem } from '../../drivers/storage/node-file-system.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { isSecret } from '../../state-machine/secret-phases.ts';
import { maskEvent, maskFact } from '../export/masked.ts';
import { readExport } from '../export/read-export.ts';
import { type Replay, type ReplayedStep, replay } from '../export/replay.ts';
import { recorderFiles } from '../flight-recorder.ts';
import { eventWords, factLine } from '../log.ts';
import { Refusal } from './configured.ts';
import { readText } from './ledger-command.ts';
import { ledgerSource, type SourceOptions } from './ledger-source.ts';
import type { Output } from './output.ts';

export interface ReplayOptions extends SourceOptions {
  readonly json?: boolean;
  readonly flight?: string;
  readonly voucher?: number;
}

/** Plays what the flight recorder kept, and shows it step by step; with a voucher only what belongs to it. */
export const replayCommand = (exportFile: string, options: ReplayOptions, out: Output): number => {
  const { records, flaw } = readExport(readText(exportFile));
  if (flaw !== undefined) out.problem(`the export is ${flaw.flaw} at line ${flaw.line}: ${flaw.what}`);
  const flight = options.flight ?? ledgerSource(options).flight;
  if (flight === undefined) throw new Refusal('say where the flight recorder is: --flight DIR, or --config FILE');
  const files = filesIn(flight);
  let faults = flaw === undefined ? 0 : 1;
  let shown = 0;
  for (const file of files) {
    const played = replay(readText(join(flight, file)), records);
    const steps = options.voucher === undefined ? played.steps : around(played, options.voucher);
    shown += steps.length;
    for (const each of steps) out.line(options.json === true ? stepJson(each) : stepWords(each));
    if (played.fault === undefined) continue;
    // A recording that begins before the export does is no fault of either.
    const older = played.steps.length === 0;
    out.problem(`${file}, line ${played.fault.line}: ${played.fault.what}`);
    if (!older) faults += 1;
  }
  if (shown === 0)
    out.problem(options.voucher === undefined ? 'nothing was recorded' : 'that voucher was not recorded');
  else out.problem(`${shown} steps of ${files.length} recordings${faults === 0 ? ', as the ledger tells it' : ''}`);
  return faults > 0 || shown === 0 ? 1 : 0;
};

const filesIn = (directory: string): readonly string[] => {
  try {
    return recorderFiles(directory, nodeFileSystem);
  } catch (error) {
    throw new Refusal(`${directory} can't be read (${errorCode(error)})`);
  }
};

/** From the rest before the intent of that voucher to the rest after the last step that wrote a fact of it. */
const around = ({ steps }: Replay, voucher: number): readonly ReplayedStep[] => {
  const isOf = ({ facts }: ReplayedStep, id: string | undefined): boolean =>
    facts.some((fact) => 'saleId' in fact && fact.saleId === id);
  const intended = steps.findIndex(({ facts }) =>
    facts.some((fact) => fact.type === 'intended' && fact.stan === voucher),
  );
  const id = steps[intended]?.facts.find((fact) => fact.type === 'intended')?.saleId;
  if (id === undefined) return [];
  const last = steps.findLastIndex((each) => isOf(each, id));
  const begins = steps.slice(0, intended).findLastIndex(({ from }) => from === 'idle');
  const ends = steps.slice(last).findIndex(({ to }) => to === 'idle');
  return steps.slice(Math.max(0, begins), ends < 0 ? undefined : last + ends + 1);
};

const screenWords = ({ screen }: ReplayedStep): string => screen.lines.join(' | ');

const factWords = (fact: Fact): string => {
  const { fact: type, at: _, ...rest } = factLine(fact) as { fact: string; at: string };
  return `    fact    ${type} ${JSON.stringify(rest)}`;
};

const told = ({ event, from }: ReplayedStep): string => {
  if (event === 'start') return event;
  return event.type === 'key' && isSecret(from, event.key) ? 'key *' : eventWords(event);
};

const stepWords = (each: ReplayedStep): string => {
  const time = new Date(each.wall).toISOString();
  const way = each.rejected === undefined ? `${each.from} → ${each.to}` : `${each.from}: rejected, ${each.rejected}`;
  return [
    `${time}  ${told(each)}`,
    `    phase   ${way}`,
    ...(each.rejected === undefined ? [`    screen  ${screenWords(each)}`] : []),
    ...each.facts.map(factWords),
    ...each.effects.map((effect) => `    effect  ${effect.type}${'id' in effect ? ` ${effect.id}` : ''}`),
  ].join('\n');
};

const stepJson = ({ wall, event, from, to, rejected, screen, facts, effects }: ReplayedStep): string =>
  JSON.stringify({
    at: new Date(wall).toISOString(),
    event: event === 'start' ? event : maskEvent(event),
    from,
    to,
    ...(rejected !== undefined && { rejected }),
    screen: screen.lines,
    facts: facts.map(maskFact),
    effects: effects.map((effect) => ({ type: effect.type, ...('id' in effect && { id: effect.id }) })),
  });
