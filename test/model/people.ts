import type { AccountOutcome, PasswordOutcome } from '../../hal/operators.ts';
import type { ParameterOutcome, TerminalParameter } from '../../hal/parameters.ts';
import { batchNumber, type EffectId, type EpochMs, minorUnits, type SaleId, stan } from '../../hal/units.ts';
import type { Found, Sale } from '../../state-machine/sale.ts';
import type { Version } from '../../state-machine/state.ts';
import { card } from '../state-machine/world.ts';
import { graceIsOver, type Machine, type Move, tell } from './machine.ts';
import type { World } from './world.ts';

/** What lies in a kept batch, and is found there. */
const kept: Sale = {
  id: 'kept' as SaleId,
  kind: 'sale',
  stan: stan(9),
  batch: batchNumber(999_999),
  amount: minorUnits(8),
  card,
  pinEntered: true,
  operator: '01',
  at: (-2 * 86_400_000) as EpochMs,
  status: 'captured',
  approval: { responseCode: '00', retrievalReference: '170512345678', hostTime: '130509', hostDate: '1122' },
  copies: { merchant: 1, cardholder: 1, reversal: 0 },
};

/** What the ledger finds: nothing, one of a kept batch, or all of this one. */
const findings = (machine: Machine, world: World, effect: EffectId): readonly Move[] => {
  const tellFound = (what: string, rows: readonly Found[]): readonly Move[] =>
    tell(machine, world, what, { type: 'found', effect, rows });
  const rows = world.durable.sales.map((sale) => ({ sale, left: sale.amount }));
  return [
    ...tellFound('nothing is found', []),
    ...tellFound('one of a kept batch is found', [{ sale: kept, left: kept.amount }]),
    ...(rows.length > 0 ? tellFound('those of this batch are found', rows) : []),
  ];
};

const parameters: readonly TerminalParameter[] = [
  { key: 'policy.maxBatch', label: '最大交易笔数', kind: 'number', low: 1, high: 999, unit: 'pieces', digits: '1' },
];
const version: Version = { build: 'b', checksum: '0', merchantId: '1', acquirers: [] };

/** What people answer that are asked for something. */
export const peopleMoves = (machine: Machine, world: World): readonly Move[] => {
  const { asked } = world;
  if (asked?.type === 'askPin') {
    return [
      ...tell(machine, world, 'the cardholder enters his PIN', { type: 'pin', effect: asked.id, outcome: 'entered' }),
      ...tell(machine, world, 'the cardholder cancels', { type: 'pin', effect: asked.id, outcome: 'cancelled' }),
    ];
  }
  if (asked?.type === 'find') return findings(machine, world, asked.id);
  if (asked?.type === 'checkPassword') {
    const told = (words: string, answer: PasswordOutcome, at = 0): readonly Move[] =>
      tell(machine, world, words, { type: 'passwordChecked', effect: asked.id, answer }, at);
    const role = ({ '00': 'supervisor', '99': 'administrator' } as const)[asked.operator] ?? 'clerk';
    const wrong = { result: 'wrong', triesLeft: 3 } as const;
    return [
      ...told('the password is right', { result: 'accepted', role }),
      ...told('the password is wrong', wrong),
      ...told('the password is wrong, and the grace time over', wrong, graceIsOver),
      ...(role === 'clerk' ? told('the password is an initial one', { result: 'mustChange', role }) : []),
    ];
  }
  if (asked?.type === 'changePassword') {
    const told = (words: string, answer: AccountOutcome): readonly Move[] =>
      tell(machine, world, words, { type: 'accountAnswered', effect: asked.id, answer });
    return [
      ...told('the password is changed', { result: 'done' }),
      ...told('the password is refused', { result: 'refused', why: 'usedBefore' }),
    ];
  }
  if (asked?.type === 'listParameters') {
    return tell(machine, world, 'they are listed', { type: 'parametersListed', effect: asked.id, parameters });
  }
  if (asked?.type === 'writeParameter') {
    const told = (words: string, answer: ParameterOutcome): readonly Move[] =>
      tell(machine, world, words, { type: 'parameterWritten', effect: asked.id, answer });
    return [
      ...told('the parameter is changed', { result: 'changed', from: '1', to: '5' }),
      ...told('the value is refused', { result: 'refused', why: 'tooHigh' }),
    ];
  }
  if (asked?.type === 'tellVersion') {
    return tell(machine, world, 'the version is told', { type: 'versionTold', effect: asked.id, version });
  }
  if (asked?.type === 'selfTest') {
    const checks = [{ device: 'printer', faults: 1 } as const];
    return tell(machine, world, 'the devices are well', { type: 'selfTested', effect: asked.id, checks });
  }
  if (asked?.type === 'switchTraining') {
    return [true, false].flatMap((stored) =>
      tell(machine, world, `the choice is ${stored ? '' : 'not '}stored`, {
        type: 'trainingSwitched',
        effect: asked.id,
        stored,
      }),
    );
  }
  if (asked?.type === 'listOperators') {
    const operators = Array.from({ length: 16 }, (_, n) => String(n).padStart(2, '0'));
    return tell(machine, world, 'the operators are listed', { type: 'operatorsListed', effect: asked.id, operators });
  }
  return [];
};
