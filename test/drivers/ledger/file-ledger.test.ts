import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { FileLedger } from '../../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { slotBytes } from '../../../drivers/ledger/slot.ts';
import type { FileSystem } from '../../../drivers/storage/file-system.ts';
import { nodeFileSystem } from '../../../drivers/storage/node-file-system.ts';
import { type ContractFact, type LedgerRig, ledgerContract } from '../../contract/ledger.contract.ts';
import { FaultyFileSystem } from '../storage/faulty-file-system.ts';
import { SimDisk } from '../storage/sim-disk.ts';
import { openLedger, stored } from './ledger-rig.ts';

const ledgerKey = Buffer.alloc(32, 0x42);

const rigOn = (inner: FileSystem, directory: string, tear: (path: string, offset: number) => void): LedgerRig => {
  const files = new FaultyFileSystem(inner);
  const settings = { directory, ledgerKey };
  return {
    ledger: () => new FileLedger<ContractFact>(settings, files),
    provision: (first) => stored(new LedgerStore<ContractFact>(settings, files).provision(first)),
    fill: () => {
      // what is preallocated stays writable
      files.intervene = (operation) => {
        const position = Number(/^pwrite \S+slip (\d+)$/.exec(operation)?.[1] ?? Number.POSITIVE_INFINITY);
        const fits = operation.startsWith('fdatasync') || position < 64 * slotBytes;
        if (!fits) throw Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
      };
    },
    breakSync: () => files.fail('fdatasync', 'EIO'),
    heal: () => files.heal(),
    tearTail: () => {
      const [reading] = new LedgerStore(settings, inner).verify();
      tear(join(directory, 'batch-000001.slip'), ((reading?.facts.length ?? 0) - 1) * slotBytes);
    },
  };
};

void test('on a simulated disk', async (t) => {
  ledgerContract(t, () => {
    const disk = new SimDisk();
    return rigOn(disk, '/ledger', (path, offset) => {
      disk.content(path).fill(0, offset + 60, offset + slotBytes);
    });
  });
});

void test('on the real file system', async (t) => {
  ledgerContract(t, (each: Test) => {
    const parent = mkdtempSync(join(tmpdir(), 'slipsafe-ledger-'));
    each.teardown(() => rmSync(parent, { recursive: true, force: true }));
    return rigOn(nodeFileSystem, join(parent, 'ledger'), (path, offset) => {
      writeFileSync(path, readFileSync(path).fill(0, offset + 60, offset + slotBytes));
    });
  });
});

test('a fact that is no JSON value, or too long, is a bug: it throws and harms nothing', async (t) => {
  const { ledger, disk } = await openLedger(1);
  await t.rejects(ledger.append({ type: 'x'.repeat(5000) }), RangeError);
  await t.rejects(ledger.rotate([{ type: 'x'.repeat(5000) }]), RangeError);
  await stored(ledger.append({ type: 'after' }));
  await ledger.close();
  const reading = new LedgerStore({ directory: '/ledger', ledgerKey }, disk).readArchive(1);
  t.strictSame(reading.facts.at(-1), { type: 'after' });
});

test('calls that overlap, or come before the opening or after the end, are bugs', async (t) => {
  const { ledger } = await openLedger(0);
  const running = ledger.append({ type: 'one' });
  await t.rejects(ledger.append({ type: 'two' }), /one call at a time/);
  t.strictSame(await running, { result: 'stored' });
  await ledger.close();
  await t.rejects(ledger.append({ type: 'late' }), /not open/);
  t.throws(() => ledger.tailCode(), /not open/);
});
