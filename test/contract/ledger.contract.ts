import type { Test } from 'tap';
import type { Ledger } from '../../hal/ledger.ts';

export interface ContractFact {
  readonly n: number;
  readonly text?: string;
}

/** One store and what can happen to it. Each test makes one. */
export interface LedgerRig {
  /** A ledger on the store, unopened: each call stands for another process. */
  ledger(): Ledger<ContractFact>;
  /** Makes the store, whose first fact is the given one. */
  provision(first: ContractFact): Promise<void>;
  /** From now on nothing more fits on the disk. */
  fill(): void;
  /** From now on each sync fails. */
  breakSync(): void;
  /** Undoes `fill` and `breakSync`. */
  heal(): void;
  /** Leaves the last record half-written, as a power cut does. The ledger is closed. */
  tearTail(): void;
}

const first: ContractFact = { n: 0, text: '首' };

/** What each ledger driver promises, whatever it is made of. `hal/ledger.ts` says it in words. */
export const ledgerContract = (t: Test, makeRig: (t: Test) => LedgerRig | Promise<LedgerRig>): void => {
  const opened = async (rig: LedgerRig): Promise<Ledger<ContractFact>> => {
    const ledger = rig.ledger();
    const opening = await ledger.open();
    if (!opening.opened) throw new Error(opening.fault.what);
    return ledger;
  };
  const provisioned = async (test: Test) => {
    const rig = await makeRig(test);
    await rig.provision(first);
    return { rig, ledger: await opened(rig) };
  };
  const factsAfterReopen = async (rig: LedgerRig, ledger: Ledger<ContractFact>) => {
    await ledger.close();
    const next = rig.ledger();
    const opening = await next.open();
    await next.close();
    if (!opening.opened) throw new Error(opening.fault.what);
    return opening.facts;
  };

  void t.test('a store that is not there is an error, never an empty one', async (test) => {
    const ledger = (await makeRig(test)).ledger();
    test.match(await ledger.open(), { opened: false, fault: { device: 'ledger', code: 'missing' } });
    await ledger.close();
  });

  void t.test('opens with its first fact, and gives back all facts in order', async (test) => {
    const { rig, ledger } = await provisioned(test);
    test.strictSame(await ledger.append({ n: 1, text: '签购单' }), { result: 'stored' });
    test.strictSame(await ledger.append({ n: 2 }), { result: 'stored' });
    test.strictSame(await factsAfterReopen(rig, ledger), [first, { n: 1, text: '签购单' }, { n: 2 }]);
  });

  void t.test('the facts given at opening do not grow with what is appended', async (test) => {
    const rig = await makeRig(test);
    await rig.provision(first);
    const ledger = rig.ledger();
    const opening = await ledger.open();
    await ledger.append({ n: 1 });
    test.strictSame(opening, { opened: true, facts: [first], tail: 'whole', notes: [] });
    await ledger.close();
  });

  void t.test('a rotation begins a batch with the given facts, all of them', async (test) => {
    const { rig, ledger } = await provisioned(test);
    await ledger.append({ n: 1 });
    test.strictSame(await ledger.rotate([{ n: 2 }, { n: 3 }]), { result: 'stored' });
    await ledger.append({ n: 4 });
    test.strictSame(await factsAfterReopen(rig, ledger), [{ n: 2 }, { n: 3 }, { n: 4 }]);
  });

  void t.test('the short code changes with each fact and outlasts a restart', async (test) => {
    const { rig, ledger } = await provisioned(test);
    const codes = [ledger.tailCode()];
    await ledger.append({ n: 1 });
    codes.push(ledger.tailCode());
    await ledger.append({ n: 1 });
    codes.push(ledger.tailCode());
    await ledger.rotate([{ n: 1 }]);
    codes.push(ledger.tailCode());
    for (const code of codes) test.match(code, /^[0-9A-F]{8}$/);
    test.equal(new Set(codes).size, 4);
    await ledger.close();
    const next = await opened(rig);
    test.equal(next.tailCode(), codes[3]);
    await next.close();
  });

  void t.test('only one has the store at a time', async (test) => {
    const { rig, ledger } = await provisioned(test);
    const other = rig.ledger();
    test.match(await other.open(), { opened: false, fault: { device: 'ledger', code: 'locked' } });
    await other.close();
    test.strictSame(await ledger.append({ n: 1 }), { result: 'stored' }, 'the one that has it goes on');
    test.strictSame(await factsAfterReopen(rig, ledger), [first, { n: 1 }]);
  });

  void t.test('what finds no space is refused; nothing is lost, and it may be tried again', async (test) => {
    const { rig, ledger } = await provisioned(test);
    rig.fill();
    const code = ledger.tailCode();
    test.match(await ledger.rotate([{ n: 9 }]), { result: 'refused', fault: { device: 'ledger' } });
    let n = 0;
    let outcome = await ledger.append({ n: n + 1 });
    while (outcome.result === 'stored' && n < 1000) {
      n += 1;
      outcome = await ledger.append({ n: n + 1 });
    }
    test.match(outcome, { result: 'refused', fault: { device: 'ledger' } });
    rig.heal();
    test.not(ledger.tailCode(), n === 0 ? '' : code);
    test.strictSame(await ledger.append({ n: n + 1 }), { result: 'stored' });
    const facts = await factsAfterReopen(rig, ledger);
    test.strictSame(facts, [first, ...Array.from({ length: n + 1 }, (_, index) => ({ n: index + 1 }))]);
  });

  void t.test('after a failure all fails until it is opened anew, and what was stored is there', async (test) => {
    const { rig, ledger } = await provisioned(test);
    await ledger.append({ n: 1 });
    rig.breakSync();
    const failed = { result: 'failed', fault: { device: 'ledger', code: 'failed' } };
    test.match(await ledger.append({ n: 2 }), failed);
    rig.heal();
    test.match(await ledger.append({ n: 3 }), failed);
    test.match(await ledger.rotate([{ n: 4 }]), failed);
    const facts = await factsAfterReopen(rig, ledger);
    test.strictSame(facts.slice(0, 2), [first, { n: 1 }]);
    test.ok(
      facts.length === 2 || (facts.length === 3 && facts[2]?.n === 2),
      'at most the one that failed is there too',
    );
  });

  void t.test('a torn last record is cleared, and what is appended next stands in its place', async (test) => {
    const { rig, ledger } = await provisioned(test);
    await ledger.append({ n: 1 });
    await ledger.append({ n: 2 });
    await ledger.close();
    rig.tearTail();
    const next = rig.ledger();
    test.strictSame(await next.open(), { opened: true, facts: [first, { n: 1 }], tail: 'cleared', notes: [] });
    await next.append({ n: 3 });
    test.strictSame(await factsAfterReopen(rig, next), [first, { n: 1 }, { n: 3 }]);
  });

  void t.test('a ledger may be closed twice', async (test) => {
    const { ledger } = await provisioned(test);
    await ledger.close();
    await ledger.close();
    test.pass();
  });
};
