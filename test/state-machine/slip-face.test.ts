import { test } from 'tap';
import type { EpochMs } from '../../hal/units.ts';
import { copiesDue, fold } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { copiesOf } from '../../state-machine/sale.ts';
import type { SlipFace } from '../../state-machine/slip-face.ts';
import { provisioned, signedOn, World } from './world.ts';

const face: SlipFace = { merchant: '甲', branch: '乙', merchantId: '898110154110001', hotline: '95516', copies: 2 };

const started = (told: SlipFace | undefined, facts: readonly Fact[] = [provisioned]): World => {
  const world = new World(facts);
  return world.happen({ type: 'started', ...(told !== undefined && { face: told }) }).signOn(signedOn);
};
const sold = (world: World): World => world.upToPin().pin().authorised();
const faces = (world: World): number => world.facts.filter(({ type }) => type === 'slipFace').length;

test('what slips are made with is told to the ledger when it is new, and only then', (t) => {
  const world = started(face);
  t.match(world.facts[1], { type: 'slipFace', face });
  t.equal(faces(started(face, world.facts)), 1, 'the next start tells nothing');
  const other = started({ ...face, branch: '丙' }, world.facts);
  t.equal(faces(other), 2);
  t.equal(other.state.book.face?.branch, '丙');
  t.equal(faces(started(undefined)), 0);
  t.end();
});

test('a transaction keeps the face of its day, over a new configuration and a closed batch', (t) => {
  const world = sold(started(face)).printed();
  t.equal(world.state.book.sales[0]?.face?.branch, '乙');
  const later = started({ ...face, branch: '丙' }, world.facts);
  t.equal(later.state.book.sales[0]?.face?.branch, '乙');
  t.equal(fold([provisioned]).face, undefined, 'a ledger without such facts has none');
  const at = 0 as EpochMs;
  const { book } = later.state;
  const opened: Fact = {
    type: 'batchOpened',
    at,
    terminalId: book.terminalId,
    batch: book.batch,
    nextStan: book.nextStan,
    settled: { batch: book.batch, at, totals: {} as never, flags: {} as never, printed: false },
    ...(book.face !== undefined && { face: book.face }),
  };
  const next = fold([opened]);
  t.equal(next.face?.branch, '丙', 'the next batch goes on with it');
  t.equal(next.lastSettlement?.face?.branch, '丙', 'and its settlement slip has it');
  t.equal(faces(started({ ...face, branch: '丙' }, [opened])), 0, 'so that it needn’t be told again');
  t.end();
});

test('with one copy a sale ends with its merchant copy, and owes no other', (t) => {
  const world = sold(started({ ...face, copies: 1 })).printed();
  t.match(world.facts.at(-1), { type: 'captured' }, 'M2: it is captured all the same');
  t.match(world.state.phase, { name: 'notice', notice: { says: 'approved', cardholderCopy: 'printed' } });
  t.strictSame(copiesDue(world.state.book), []);
  world.keys('enter', 'function').printed();
  t.match(world.facts.at(-1), { type: 'printed', copy: 'merchant', number: 2 }, 'printed again it is one copy too');
  t.match(world.state.phase, { name: 'notice' });
  t.end();
});

test('with three copies the bank’s follows the cardholder’s, and is owed until it is out', (t) => {
  const world = sold(started({ ...face, copies: 3 }))
    .printed()
    .keys('enter')
    .printed();
  t.match(world.state.phase, { name: 'printingCopy', copy: 'bank' });
  t.strictSame(
    copiesDue(world.state.book).map(({ copy }) => copy),
    ['bank'],
  );
  world.printed();
  t.match(world.facts.at(-1), { type: 'printed', copy: 'bank', number: 1 });
  t.strictSame(copiesDue(world.state.book), []);
  const [sale] = world.state.book.sales;
  t.strictSame(sale && copiesOf(sale), ['merchant', 'cardholder', 'bank']);
  t.match(world.state.phase, { name: 'notice', notice: { says: 'copyPrinted' } });
  t.end();
});
