import { test } from 'tap';
import { CardMemory } from '../../firmware/card-memory.ts';
import { type EffectContext, makePerform } from '../../firmware/effects.ts';
import type { Effect } from '../../state-machine/effects.ts';
import { approval, rules, World } from '../state-machine/world.ts';
import { aMaker } from './slips/a-maker.ts';

const card = {
  entry: 'swipe',
  pan: '4111111111111111',
  serviceCode: '101',
  track2: '4111111111111111=30121010000',
} as const;

/** Drivers that throw wherever they are asked, unless the test gives a better one. */
const rig = (devices: object = {}) => {
  const broken = new Proxy({}, { get: () => () => Promise.reject(new Error('a driver broke')) });
  const bugs: string[] = [];
  const ledger = { code: '00000000', tailCode: () => ledger.code };
  const cards = new CardMemory();
  const context = {
    rules,
    slips: aMaker(),
    wall: () => Date.UTC(2026, 10, 22, 5),
    pinTimeoutMs: 1000,
    cardReader: { enable: () => undefined, disable: () => undefined },
    pinPad: broken,
    printer: broken,
    acquirer: broken,
    ledger,
    cards,
    unsealPan: (sealed: string) => `clear of ${sealed}`,
    passwordIsRight: async () => true,
    bug: (where: string) => bugs.push(where),
    ...devices,
  } as unknown as EffectContext;
  return { perform: makePerform(context), cards, bugs, ledger };
};

test('M10: a driver that throws counts as the least that can be known, and the bug is told', async (t) => {
  const world = new World().upToRequest().authorised();
  const { perform, cards, bugs } = rig();
  const { book } = world.state;
  cards.await();
  cards.take(card);
  const outcomes = [];
  for (const effect of world.effects) outcomes.push(await perform(effect, book));
  t.match(
    outcomes.filter((outcome) => outcome !== undefined),
    [
      { type: 'signOnAnswered', answer: { outcome: 'unanswered' } },
      { type: 'printerChecked', readiness: { ready: false, cause: 'silence' } },
      { type: 'pin', outcome: 'failed' },
      { type: 'authorised', answer: { outcome: 'unanswered' } },
      { type: 'printed', verdict: { verdict: 'UNKNOWN' } },
    ],
  );
  t.ok(bugs.includes('print') && bugs.includes('authorise') && bugs.includes('signOn'));
});

test('M9: the request takes card and PIN block from memory; after forgetCard there is nothing to take', async (t) => {
  const world = new World().upToRequest();
  const asked: object[] = [];
  const acquirer = {
    signOn: async () => ({ outcome: 'signedOn', pinKey: 'K', batch: 1, hostDate: '', hostTime: '' }),
    authorise: async (request: object, secrets: object) => {
      asked.push({ ...request, ...secrets });
      return approval;
    },
  };
  const pinPad = { requestPin: async () => ({ outcome: 'entered', block: '0123456789ABCDEF' }) };
  const { perform, cards, bugs } = rig({ acquirer, pinPad });
  const { book } = world.state;
  for (const type of ['signOn', 'readCard'] as const) await perform(world.last(type), book);
  cards.take(card);
  await perform(world.last('askPin'), book);
  await perform(world.last('authorise'), book);
  t.match(asked, [{ amount: 1234, stan: 2, track2: card.track2, pinBlock: '0123456789ABCDEF' }]);
  await perform({ type: 'forgetCard' }, book);
  t.match(await perform(world.last('authorise'), book), { answer: { outcome: 'unanswered' } });
  t.equal(asked.length, 1);
  t.strictSame(bugs, ['authorise']);
});

test('an upload opens the sealed card numbers, for the message alone', async (t) => {
  const world = new World().upToRequest().authorised().printed();
  const uploads: object[] = [];
  const upload = async (request: object) => {
    uploads.push(request);
    return { outcome: 'accepted' };
  };
  const { perform } = rig({ acquirer: { upload } });
  const sale = world.state.book.sales[0];
  const effect = { type: 'upload', id: 'e', stan: 3, batch: 1, saleIds: [sale?.id] } as unknown as Effect;
  t.match(await perform(effect, world.state.book), { type: 'uploadAnswered', answer: { outcome: 'accepted' } });
  t.match(uploads, [{ records: [{ half: 'domestic', stan: 2, amount: 1234, pan: 'clear of sealed' }] }]);
});

test('M8: each print of a slip shows the code that the ledger had at its first', async (t) => {
  const papers: string[] = [];
  const print = async (slip: object) => {
    papers.push(JSON.stringify(slip));
    return { verdict: 'PRINTED' };
  };
  const { perform, ledger } = rig({ printer: { print } });
  const world = new World().upToRequest().authorised();
  ledger.code = '1A2B3C4D';
  const printed = await perform(world.last('print'), world.state.book);
  t.match(printed, { type: 'printed', code: '1A2B3C4D' });
  if (printed !== undefined) world.happen(printed);
  t.match(world.facts.at(-1), { type: 'captured', code: '1A2B3C4D' });
  ledger.code = '99999999';
  world.keys('enter');
  t.match(await perform(world.last('print'), world.state.book), { type: 'printed', code: '1A2B3C4D' });
  t.strictSame(
    papers.map((paper) => /账本校验:(\w+)/.exec(paper)?.[1]),
    ['1A2B3C4D', '1A2B3C4D'],
  );
});

test('a query sheet for the bank is printed of the transaction that was found (000-07, 000-20)', async (t) => {
  const papers: string[] = [];
  const print = async (slip: object) => {
    papers.push(JSON.stringify(slip));
    return { verdict: 'PRINTED' };
  };
  const { perform } = rig({ printer: { print } });
  const world = new World().upToRequest().authorised().printed().keys('enter').printed().keys('enter');
  const sale = world.state.book.sales[0];
  if (sale === undefined) throw new Error('no sale');
  world.keys('menu', '7', '3', '1', '2', 'enter').found({ sale, left: sale.amount }).keys('function', '5');
  t.match(await perform(world.last('print'), world.state.book), { type: 'printed', verdict: { verdict: 'PRINTED' } });
  t.match(papers.at(-1), /交易查询单.*凭证号:000002.*参考号:170512345678/);
});

test('a further print shows who asked for it and when; lists are of the batch as it is now', async (t) => {
  const papers: string[] = [];
  const names: string[] = [];
  const print = async (slip: object) => {
    papers.push(JSON.stringify(slip));
    return { verdict: 'PRINTED' };
  };
  const archive = { keep: ({ name }: { name: string }) => names.push(name) };
  const { perform } = rig({ printer: { print }, archive });
  const world = new World().upToRequest().authorised();
  const printOne = async (): Promise<unknown> => {
    const outcome = await perform(world.last('print'), world.state.book);
    if (outcome !== undefined) world.happen(outcome);
    return outcome;
  };
  t.notMatch(await printOne(), { by: '01' });
  world.keys('enter');
  await printOne();
  world.keys('enter', 'function');
  t.match(await printOne(), { on: Date.UTC(2026, 10, 22, 5), by: '01' });
  t.match(world.facts.at(-1), { type: 'printed', copy: 'merchant', number: 2, by: '01' });
  t.match(papers.at(-1), /DUPLICATE 2\*{4}.*重打印时间:2026\/11\/22 13:00:00.*重打印操作员号:01/);
  await printOne();
  for (const key of ['3', '4', '6'] as const) {
    world.keys('enter', 'menu', '6', key);
    await printOne();
  }
  t.match(papers.slice(-3), [/TXN LIST.*000002.*共1笔/, /TOTALS.*借记总计/, /打印测试页/]);
  t.strictSame(names.slice(0, 4), [
    '000001-000002-merchant-1',
    '000001-000002-cardholder-1',
    '000001-000002-merchant-2',
    '000001-000002-cardholder-2',
  ]);
});
