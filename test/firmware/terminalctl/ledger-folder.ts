/** A ledger on the real disk, for the commands that look into one. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileLedger } from '../../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { Vault } from '../../../drivers/vault/vault.ts';
import type { Fact } from '../../../state-machine/facts.ts';
import { card, provisioned, World } from '../../state-machine/world.ts';

/** The facts of a shop's day: a sale captured, one reversed, one declined, a settlement, and a sale in each of the two batches after it. */
export const day = (): readonly Fact[] => {
  const world = new World().start().signOn();
  const settle = () => {
    world.keys('menu', '7', '5', 'enter');
    const flags = { outcome: 'reconciled', domestic: 'balanced', foreign: 'balanced' } as const;
    world.happen({ type: 'settlementAnswered', effect: world.last('settle').id, answer: flags });
    world.happen({ type: 'uploadAnswered', effect: world.last('endBatch').id, answer: { outcome: 'accepted' } });
    world.printed().keys('enter').signOn();
  };
  world.upToPin().pin().authorised().printed().keys('enter').printed().keys('enter');
  world.upToPin().pin().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' }).cleared();
  world.reversalAnswered().printed().keys('enter');
  world.upToPin().pin().authorised({ outcome: 'declined', responseCode: '51' }).keys('enter');
  settle();
  for (const isLast of [false, true]) {
    world.upToPin().pin().authorised().printed().keys('enter').printed().keys('enter');
    if (!isLast) settle();
  }
  return world.facts
    .slice(1)
    .map((fact) =>
      fact.type === 'intended'
        ? { ...fact, card: { ...card, sealedPan: 'SEALED', cardHash: 'abcdef0123456789' } }
        : fact,
    );
};

/**
 * Makes `device.key`, `anchor` and the ledger `state/ledger` in a folder, with those facts after the first.
 *
 * @returns the short code of its end
 */
export const makeLedger = async (folder: string, facts: readonly Fact[]): Promise<string> => {
  const at = (...path: readonly string[]) => join(folder, ...path);
  mkdirSync(at('state'));
  await Vault.provision(at('device.key'));
  const place = {
    directory: at('state', 'ledger'),
    ledgerKey: Vault.open(at('device.key')).ledgerKey(),
    anchor: at('anchor'),
  };
  await new LedgerStore<Fact>(place).provision(provisioned);
  const ledger = new FileLedger<Fact>(place);
  await ledger.open();
  let batch: Fact[] | undefined;
  for (const fact of facts) {
    if (fact.type === 'batchOpened') batch = [fact];
    else if (batch !== undefined && fact.type === 'carried') batch.push(fact);
    else {
      if (batch !== undefined) await ledger.rotate(batch as [Fact, ...Fact[]]);
      batch = undefined;
      await ledger.append(fact);
    }
  }
  await ledger.rest();
  const code = ledger.tailCode();
  await ledger.close();
  return code;
};
